/// A grant that a capsule asks for: actions on a resource, under conditions that must all hold (seed 000; rows ).
package struct Permission: Hashable, Sendable {
    /// A test of one field of the request's context.
    package struct Condition: Hashable, Sendable {
        package enum Operator: String, Hashable, Sendable, CaseIterable {
            case equals
            case contains
            case startsWith
            case matches
        }

        package let field: String
        package let `operator`: Operator
        /// Compared with the field; text for `startsWith` and `matches`.
        package let value: JSONValue
    }

    package let resource: String
    package let actions: [String]
    package let conditions: [Condition]
}
