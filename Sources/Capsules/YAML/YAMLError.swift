/// Why a text was not taken as YAML, and where.
package struct YAMLError: Error, Sendable, Hashable {
    /// What is wrong, in words.
    package let reason: String
    /// The line, from 1.
    package let line: Int
}
