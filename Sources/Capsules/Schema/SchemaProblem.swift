/// What a schema does not take of a value.
package struct SchemaProblem: Hashable, Sendable {
    /// The place in the value; of a member that is missing, where it should be.
    package let path: JSONPath
    /// What should be there, in words.
    package let expected: String
    /// What is there, in words.
    package let found: String
}

extension SchemaProblem: CustomStringConvertible {
    package var description: String { "\(path): expected \(expected), found \(found)" }
}
