import Capsules

/// An argument or option of a command as the argument parser describes it.
package struct ArgumentDescription {
    /// The names with their hyphens, short ones first; none for an argument at a place.
    package let names: [String]
    /// The name of its value; empty for a flag.
    package let valueName: String
    /// What it is for.
    package let abstract: String
    /// The values that it takes, where these are few.
    package let values: [String]
    /// What it is when it is not given.
    package let defaultValue: String?
    /// Whether it may be left out.
    package let isOptional: Bool
    /// Whether it may stand several times.
    package let isRepeating: Bool

    /// Reads an argument of the parser's description.
    init(_ dump: JSONValue) {
        let kind = dump["kind"]?.string
        names = (kind == "positional" ? [] : dump["names"]?.array ?? []).compactMap { name in
            guard let text = name["name"]?.string else { return nil }
            return name["kind"]?.string == "long" ? "--\(text)" : "-\(text)"
        }.sorted { $0.utf8.count < $1.utf8.count }
        valueName = kind == "flag" ? "" : dump["valueName"]?.string ?? "value"
        abstract = dump["abstract"]?.string ?? ""
        values = (dump["allValues"]?.array ?? []).compactMap(\.string)
        defaultValue = dump["defaultValue"]?.string
        isOptional = dump["isOptional"]?.bool ?? false
        isRepeating = dump["isRepeating"]?.bool ?? false
    }
}
