/// Writes packs in which every object is whole and deflated by itself.
///
/// What is in such a pack follows from the objects and their order alone, whatever packs they came from, as long as libdeflate is the same.
package struct WholePackWriter {
    /// Makes a writer.
    package init() {}

    /// Streams a whole pack, as ``PackWriter`` does.
    package func write(
        _ objects: [PackObject], of repository: Repository, to sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws(AmxError) {
        let form = PackEntryForm(try Deflater())
        try withoutActuallyEscaping(sink) { sink throws(AmxError) in
            let output = PackOutput(to: sink)
            try output.begin(objects.count, of: repository)
            for object in objects {
                var entry: [UInt8] = []
                try repository.withObject(object.id) { kind, content throws(AmxError) in
                    _ = try form.append(content, kind: kind, to: &entry, after: 0)
                }
                try output.write(entry)
            }
            try output.finish()
        }
    }
}
