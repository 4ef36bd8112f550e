/// Writes packs in which every object is whole and deflated by itself.
///
/// What is in such a pack follows from the objects and their order alone, whatever packs they came from, as long as libdeflate is the same.
package struct WholePackWriter: PackWriter {
    /// Makes a writer.
    package init() {}

    package func write(
        _ objects: [PackObject], of repository: Repository, to sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws(AmxError) {
        guard let count = UInt32(exactly: objects.count) else {
            throw AmxError(.failure, "cannot write a pack of \(repository.path): it has too many objects")
        }
        let form = try PackEntryForm()
        let checksum = PackChecksum()
        func put(_ bytes: [UInt8]) throws(AmxError) {
            try bytes.span.withUnsafeBytes { bytes throws(AmxError) in
                checksum.update(bytes)
                try sink(bytes)
            }
        }
        var header = Array("PACK".utf8)
        for number in [2, count] { header += (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
        try put(header)
        for object in objects {
            guard let kind = try repository.header(object.id)?.kind else {
                throw AmxError(.notFound, "object \(object.id) is not here", hint: AmxError.damagedStore)
            }
            let content = try repository.read(object.id, as: kind)
            var entry: [UInt8] = []
            try content.span.withUnsafeBytes { content throws(AmxError) in
                _ = try form.append(content, kind: kind, to: &entry, after: 0)
            }
            try put(entry)
        }
        try put(checksum.finish().bytes)
    }
}
