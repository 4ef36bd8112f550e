/// An object that goes into a pack.
package struct PackObject: Hashable, Sendable {
    /// The object.
    package var id: ObjectID
    /// Its path in the capsule, for choosing what to make a delta against; nil for commits and tags.
    package var path: [UInt8]?
    /// An object at the same path that the receiver has and that a delta may name by its id; nil in a pack that stands alone.
    package var base: ObjectID?

    /// Makes an entry.
    package init(id: ObjectID, path: [UInt8]? = nil, base: ObjectID? = nil) {
        self.id = id
        self.path = path
        self.base = base
    }
}
