/// A setting that whoever installs a capsule is asked for (row S-054).
package struct EnvironmentVariable: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case string
        /// A text that is never shown, and has no default.
        case secret
        case number
        case boolean
    }

    package let name: String
    package let kind: Kind
    /// The question that is asked.
    package let request: String?
    package let description: String?
    /// Of the kind's type.
    package let defaultValue: JSONValue?
    /// The only texts that will do; empty for any.
    package let enumValues: [String]
    /// What is shown as an example of a value.
    package let placeholder: String?
}
