/// How a JSON schema came to take less than before, as far as its plain keywords say: what is newly required, what may no longer be
/// there, and what must be of another type.
struct SchemaComparison {
    /// What is tightened, in words.
    private(set) var tightened: [String] = []

    private static let maximumFindings = 100

    /// Compares two schemas.
    init(_ old: JSONValue, _ new: JSONValue) { compare(old, new, "") }

    private mutating func add(_ finding: String) {
        if tightened.count < Self.maximumFindings { tightened.append(finding) }
    }

    private mutating func compare(_ old: JSONValue, _ new: JSONValue, _ place: String) {
        guard old.object != nil, new.object != nil, old != new else { return }
        let had = Set((old["required"]?.array ?? []).compactMap { $0.string.map { Array($0.utf8) } })
        for case .string(let name) in new["required"]?.array ?? [] where !had.contains(Array(name.utf8)) {
            add("'\(place)\(name)' is required")
        }
        let (before, after) = (Self.types(old), Self.types(new))
        if !after.isEmpty, before.isEmpty || !before.isSubset(of: after) {
            add(
                "'\(place.isEmpty ? "$" : String(place.dropLast()))' must be \(after.sorted().joined(separator: " or "))"
            )
        }
        if let choices = new["enum"]?.array {
            let offered = Set(choices)
            if old["enum"]?.array.map({ $0.contains { !offered.contains($0) } }) ?? true {
                add("'\(place.isEmpty ? "$" : String(place.dropLast()))' has fewer choices")
            }
        }
        let properties = DeclarationList(new["properties"], at: .root)
        for entry in DeclarationList(old["properties"], at: .root).entries {
            if let property = properties[entry.name] {
                compare(entry.value, property.value, "\(place)\(entry.name).")
            } else {
                add("'\(place)\(entry.name)' is gone")
            }
        }
        if let items = new["items"], let former = old["items"] { compare(former, items, "\(place)[].") }
    }

    private static func types(_ schema: JSONValue) -> Set<String> {
        switch schema["type"] {
        case .string(let type)?: type == "number" ? ["number", "integer"] : [type]
        case .array(let types)?: Set(types.compactMap(\.string))
        default: []
        }
    }
}
