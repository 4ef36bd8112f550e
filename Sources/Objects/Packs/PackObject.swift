/// An object that goes into a pack.
package struct PackObject: Hashable, Sendable {
    /// The object.
    package var id: ObjectID
    /// Its path in the capsule, for choosing what to make a delta against; nil for commits and tags.
    package var path: [UInt8]?

    /// Makes an entry.
    package init(id: ObjectID, path: [UInt8]? = nil) {
        self.id = id
        self.path = path
    }
}
