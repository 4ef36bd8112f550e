/// What reading a schema and checking a value may cost.
package struct SchemaBounds: Hashable, Sendable {
    /// Schemas within a schema.
    package var schemas: Int
    /// Steps of one check: rules that are looked at, and members, elements and texts that they compare.
    package var steps: Int
    /// Schemas that are looked at within each other, for one value.
    package var depth: Int

    package init(schemas: Int = 50_000, steps: Int = 2_000_000, depth: Int = 256) {
        (self.schemas, self.steps, self.depth) = (schemas, steps, depth)
    }
}
