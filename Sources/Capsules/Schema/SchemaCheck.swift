/// Checks values against a JSON Schema, as tools state what they take and give (`docs/manifest.md`, "Schemas").
///
/// The schema is read once; then any number of values can be checked, by several threads at once. What counts are the
/// assertions of draft 2020-12 and, where they differ and cannot be mistaken, those of draft 7; references stay within
/// the schema. No schema and no value makes a check go on for longer than its bounds say.
package struct SchemaCheck: Sendable {
    /// Says of a text whether a pattern is found in it; nil where that takes more work than it may.
    package typealias Matcher = @Sendable (_ text: String) -> Bool?

    /// The most problems that are told.
    package static let maximumProblems = 20

    /// What cannot be checked, as places in the schema, at most 100: keywords that are not known, and patterns that
    /// cannot be used. What they would refuse is not refused.
    package let unchecked: [JSONPath]

    private let nodes: [SchemaNode]
    private let bounds: SchemaBounds

    /// Reads a schema.
    ///
    /// `matcher` makes what looks for a regular expression of the schema in texts, or nil for one that it cannot use.
    /// Without it `pattern` and `patternProperties` are unknown keywords.
    package init(
        _ schema: JSONValue, bounds: SchemaBounds = SchemaBounds(), matcher: ((_ pattern: String) -> Matcher?)? = nil
    ) throws(SchemaFault) {
        var reader = SchemaReader(schema, bounds: bounds, matcher: matcher)
        nodes = try reader.nodes()
        unchecked = reader.unchecked
        self.bounds = bounds
    }

    /// What is wrong with a value, in the order of the schema's rules; nothing where the schema takes it.
    ///
    /// Throws only where the bounds are passed.
    package func problems(in value: JSONValue) throws(SchemaFault) -> [SchemaProblem] {
        var walk = SchemaWalk(nodes: nodes, bounds: bounds)
        return try walk.problems(in: value)
    }
}
