/// What was chosen earlier in the same resolution and must not move: a solve looks only at what it comes across of it.
struct FixedChoices {
    private(set) var chosen: Choices
    /// The facts of what was chosen that constrain what was not, by that.
    private var constraints: [Catalogue.Package: [Fact.ID]] = [:]

    /// Takes over a solution.
    init(_ chosen: Choices, in catalogue: Catalogue) {
        self.chosen = chosen
        for package in chosen.packages { noteConstraints(of: package, in: catalogue) }
    }

    subscript(package: Catalogue.Package) -> Int? { chosen[package] }

    /// The facts that what was chosen has about a package.
    func constraints(on package: Catalogue.Package) -> [Fact.ID] { constraints[package] ?? [] }

    /// Adds what a later solve has chosen; gives the packages that were not there before.
    mutating func add(_ found: ContiguousArray<Choice>, in catalogue: Catalogue) -> [Catalogue.Package] {
        let added = found.filter { chosen[$0.package] == nil }
        for choice in added { chosen.append(choice) }
        for choice in added { noteConstraints(of: choice.package, in: catalogue) }
        return added.map(\.package)
    }

    private mutating func noteConstraints(of package: Catalogue.Package, in catalogue: Catalogue) {
        guard let ordinal = chosen[package] else { return }
        for id in catalogue.entries[package].facts
        where catalogue.links[id].role == .constrains && catalogue.selects(id, ordinal) {
            constraints[Int(catalogue.links[id].target), default: []].append(id)
        }
    }
}
