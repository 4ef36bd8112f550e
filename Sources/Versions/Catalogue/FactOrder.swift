/// A fact's place among those of its package: by what the manifests say, so that the order in which they were read shows nowhere.
struct FactOrder {
    let id: Fact.ID
    /// The package that is needed, by number and by name.
    private let target: Int
    private let package: PackageName
    private let kind: PackageRequirement.Kind
    /// What is accepted, as text; of versions that cannot be used, why.
    private let text: String
    private let source: String
    /// Those come first.
    private let isUnusable: Bool

    init(_ fact: Fact, _ id: Fact.ID) {
        self.id = id
        target = fact.target
        source = fact.requirement?.source ?? ""
        isUnusable = fact.requirement == nil
        package = fact.requirement?.package ?? PackageName("")
        kind = fact.requirement?.kind ?? .required
        text = fact.reason ?? fact.text
    }

    static func precedes(_ left: FactOrder, _ right: FactOrder) -> Bool {
        if left.isUnusable != right.isUnusable { return left.isUnusable }
        if left.target != right.target { return left.package < right.package }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        if left.text != right.text { return left.text < right.text }
        return left.source < right.source
    }
}
