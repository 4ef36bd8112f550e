import CGit2

/// Writes packs with libgit2's pack builder: full packs with offset deltas, found by a window search.
///
/// The same objects in the same order make the same bytes.
package struct LibGit2PackWriter: PackWriter {
    /// Makes a writer.
    package init() {}

    package func write(
        _ objects: [PackObject], of repository: Repository, to sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws(AmxError) {
        let builder = try PackBuilder(repository)
        for object in objects { try builder.insert(object.id, path: object.path) }
        var failure: AmxError?
        let result = withoutActuallyEscaping(sink) { sink in
            var context = StreamContext(sink: sink)
            let result = withUnsafeMutablePointer(to: &context) { context in
                git_packbuilder_foreach(
                    builder.handle,
                    { bytes, count, payload in
                        guard let context = payload?.assumingMemoryBound(to: StreamContext.self) else { return -1 }
                        do throws(AmxError) {
                            try context.pointee.sink(UnsafeRawBufferPointer(start: bytes, count: count))
                            return 0
                        } catch {
                            context.pointee.failure = error
                            return -1
                        }
                    }, context)
            }
            failure = context.failure
            return result
        }
        if let failure {
            git_error_clear()
            throw failure
        }
        try LibGit2.check(result, "cannot write a pack of \(repository.path)")
    }
}

/// What the C callback needs: where bytes go and what went wrong there.
private struct StreamContext {
    let sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    var failure: AmxError?
}
