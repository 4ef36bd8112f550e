package import Objects

/// Writes `.kc` files (`docs/format-kc.md`).
///
/// The same files give the same bytes, with the same libzstd and level. Memory is a few MiB and what the files' paths take; content
/// streams. What a reader with the same limits would refuse is never written.
package struct ContainerWriter: Sendable {
    /// The level of zstd where none is given.
    package static let standardLevel: Int32 = 3

    private let level: Int32
    private let limits: Limits

    /// Makes a writer; `level` is zstd's, 1 to 19.
    package init(level: Int32 = ContainerWriter.standardLevel, limits: Limits = .standard) {
        self.level = level
        self.limits = limits
    }

    /// Writes a file that appears at `path` whole and durable, or not at all; an existing one is replaced in one step.
    ///
    /// The files may come in any order; `manifest.json` must be among them.
    @discardableResult
    package func write(_ files: [ContainerFile], to path: String) throws(AmxError) -> ContainerContents {
        let ordered = try arranged(files)
        var contents: ContainerContents?
        try AtomicFile.write(to: path) { output throws(AmxError) in
            contents = try write(arranged: ordered) { bytes throws(AmxError) in try output.write(bytes) }
        }
        guard let contents else { throw AmxError(.failure, "cannot write \(path): nothing was written") }
        return contents
    }

    /// Writes the bytes of a `.kc` file to a sink, from the first to the last.
    @discardableResult
    package func write(_ files: [ContainerFile], to sink: ContentSink) throws(AmxError) -> ContainerContents {
        try write(arranged: arranged(files), to: sink)
    }

    /// Checks the files as a set and puts them in the archive's order.
    private func arranged(_ files: [ContainerFile]) throws(AmxError) -> [ContainerFile] {
        let files = files.sorted { $0.path < $1.path }
        try TreeRules.check(sorted: files.map(\.path), limits: limits)
        guard let manifest = files.firstIndex(where: { $0.path.bytes == ContainerFormat.manifestPath }) else {
            throw AmxError(
                .failure, "cannot pack: the capsule has no manifest.json",
                hint: "`amx new` makes a capsule with a manifest")
        }
        var expanded = 0
        for file in files {
            guard file.size >= 0, file.size <= min(limits.objectBytes, TarHeader.largestFile) else {
                throw limits.passed(.objectBytes, "cannot pack '\(file.path)': it has \(file.size) bytes")
            }
            guard file.size <= limits.expandedBytes - expanded else {
                throw limits.passed(.expandedBytes, "cannot pack: the files have more bytes than a capsule may have")
            }
            expanded += file.size
        }
        return [files[manifest]] + files[..<manifest] + files[(manifest + 1)...]
    }

    private func write(arranged files: [ContainerFile], to sink: ContentSink) throws(AmxError) -> ContainerContents {
        var cutter = try ArchiveCutter(level: level)
        var index = ContainerIndex()
        var entries: [ContainerEntry] = []
        var written = 0
        func count(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
            written += bytes.count
            try sink(bytes)
        }
        for file in files {
            guard let header = TarHeader.bytes(path: file.path.bytes, mode: file.mode, size: file.size) else {
                throw limits.passed(.objectBytes, "cannot pack '\(file.path)': it is too large for a tar archive")
            }
            let place = try cutter.begin(header, size: file.size, to: count)
            let hasher = SHA256Hasher()
            var left = file.size
            try file.content { piece throws(AmxError) in
                left -= piece.count
                guard left >= 0 else { throw Self.changed(file) }
                hasher.update(piece)
                try cutter.append(piece, to: count)
            }
            guard left == 0 else { throw Self.changed(file) }
            try cutter.end(headerBytes: header.count, size: file.size, to: count)
            let sha256 = hasher.finish()
            index.append(
                ContainerIndex.Entry(
                    path: file.path.bytes, mode: file.mode, size: file.size, frame: file.size > 0 ? place.frame : 0,
                    offset: file.size > 0 ? place.offset : 0, sha256: sha256))
            entries.append(ContainerEntry(path: file.path, mode: file.mode, size: file.size, sha256: sha256))
        }
        try cutter.finish(index, to: count)
        entries.sort { $0.path < $1.path }
        return ContainerContents(digest: try ContentDigest(of: entries), files: entries, fileSize: written)
    }

    private static func changed(_ file: ContainerFile) -> AmxError {
        AmxError(
            .failure, "cannot pack '\(file.path)': its size is no longer \(file.size) bytes",
            hint: "it changed while it was packed: run the command again")
    }
}
