package import Objects

extension ContainerReader {
    /// The content of one file; `.notFound` when there is none at the path.
    package func read(_ path: TreePath) throws(AmxError) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(path) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The manifest's bytes, which must be within the limit on manifests.
    package func manifestBytes() throws(AmxError) -> [UInt8] {
        var bytes: [UInt8] = []
        let path = try TreePath(bytes: ContainerFormat.manifestPath)
        try read(path, .manifestBytes) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Gives the content of one file, piece by piece; it is to be believed only when the call returns.
    ///
    /// Of an indexed file only the frames with the content are inflated, and its SHA-256 must be the index's.
    package func read(_ path: TreePath, into sink: ContentSink) throws(AmxError) {
        try read(path, .objectBytes, into: sink)
    }

    private func read(_ path: TreePath, _ limit: Limits.Name, into sink: ContentSink) throws(AmxError) {
        func checkSize(_ size: Int) throws(AmxError) {
            guard size <= limits[limit] else { throw input.over(limit, of: limits, "'\(path)' has \(size) bytes") }
        }
        switch archive {
        case .indexed(let frames, let index):
            guard let entry = index[path: path.bytes] else { throw missing(path) }
            try checkSize(entry.size)
            try read(entry, of: frames, into: sink)
        case .stream:
            var found = false
            try forEachFile { file throws(AmxError) in
                guard file.path == path else { return }
                found = true
                try checkSize(file.size)
                try file.content { piece throws(AmxError) in try sink(piece) }
            }
            guard found else { throw missing(path) }
        }
    }

    private func missing(_ path: TreePath) -> AmxError {
        AmxError(
            .notFound, "cannot read \(input.path): it has no file '\(path)'",
            hint: "`tar --zstd -tf FILE` lists what it has")
    }

    private func read(
        _ entry: ContainerIndex.Entry, of frames: ArchiveFrames, into sink: ContentSink
    ) throws(AmxError) {
        let hasher = SHA256Hasher()
        var (left, frame, offset) = (entry.size, entry.frame, entry.offset)
        while left > 0 {
            let piece = try frames.bytes(ofFrame: frame)[offset...].prefix(left)
            try piece.withUnsafeBufferPointer { buffer throws(AmxError) in
                hasher.update(UnsafeRawBufferPointer(buffer))
                try sink(UnsafeRawBufferPointer(buffer))
            }
            left -= piece.count
            (frame, offset) = (frame + 1, 0)
        }
        guard hasher.finish() == entry.sha256 else {
            throw input.damage("the content of '\(TreeRules.printable(entry.path))' does not have the index's SHA-256")
        }
    }
}
