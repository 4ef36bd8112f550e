/// Writes chosen objects of a repository as one pack that any git reads.
///
/// What is chosen comes from `ObjectWalk`; this only says how it is laid out. What is packed already is copied as it stands. A
/// file or folder that is not becomes a delta against the one at the same path that went before it, which is the next newer
/// where the newest commit comes first; there is no search among others. Deltas name their bases by offset, and by id those that
/// only the receiver has.
package struct PackWriter {
    /// Makes a writer.
    package init() {}

    /// Streams a whole pack, header to checksum, in pieces that are valid only during the call.
    ///
    /// The same objects in the same order make the same bytes as long as the repository's packs are the same, so that a transfer
    /// that broke off can go on. `objects` holds no id twice, and all are in `repository`: `.notFound` where one is missing. An
    /// error of `sink` ends the work and is thrown on.
    package func write(
        _ objects: [PackObject], of repository: Repository, to sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws(AmxError) {
        let layout = try PackLayout(objects, of: repository)
        try withoutActuallyEscaping(sink) { sink throws(AmxError) in
            let output = PackOutput(to: sink)
            try output.begin(objects.count, of: repository)
            for place in objects.indices { try layout.write(place, to: output) }
            try output.finish()
        }
    }
}
