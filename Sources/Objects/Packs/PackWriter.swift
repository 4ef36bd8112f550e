/// Writes chosen objects of a repository as one pack.
///
/// What is chosen comes from `ObjectWalk`; this only says how it is laid out. The pack is legal for any git: an object
/// occurs once, offsets deltas only when the receiver said that it takes them.
package protocol PackWriter {
    /// Streams a whole pack, header to checksum, in pieces that are valid only during the call.
    ///
    /// The same objects in the same order make the same bytes as long as the repository's packs are the same, so that a transfer
    /// that broke off can go on. `objects` holds no id twice, and all are in `repository`. An error of `sink` ends the work and is thrown on.
    func write(
        _ objects: [PackObject], of repository: Repository, to sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws(AmxError)
}

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
