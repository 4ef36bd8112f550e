import Objects

/// One pass over the whole archive of a `.kc` file, comparing it with the index and the limits.
struct ContainerPass {
    private let input: ContainerInput
    private let limits: Limits
    private let frames: [SeekTable.Frame]
    private let index: ContainerIndex?
    private let tar: TarReader

    private var files: [ContainerEntry] = []
    private var paths: Set<TreePath> = []
    private var expanded = 0
    private var frame = 0

    /// Starts before the first file.
    init(_ reader: ContainerReader) throws(AmxError) {
        input = reader.input
        limits = reader.limits
        let source: any ArchiveSource
        switch reader.archive {
        case .indexed(let archive, let index):
            source = ArchiveFrameSource(archive)
            frames = archive.seekTable.frames
            self.index = index
        case .stream(let seekTable):
            source = try ArchiveStream(of: reader.input, seekTable: seekTable, limits: reader.limits)
            frames = []
            index = nil
        }
        tar = TarReader(source, of: input, isCanonical: index != nil, limits: limits)
    }

    /// Shows the next file; false at the archive's end.
    mutating func next(_ visit: (ContainerFile) throws(AmxError) -> Void) throws(AmxError) -> Bool {
        guard let entry = try tar.next() else { return false }
        try checkLimits(entry)
        let content = ArchivedContent(tar)
        try visit(ContainerFile(path: entry.path, mode: entry.mode, size: entry.size, content: content.give))
        let sha256 = try content.finish()
        try compare(entry, sha256)
        files.append(ContainerEntry(path: entry.path, mode: entry.mode, size: entry.size, sha256: sha256))
        return true
    }

    /// Checks what can be known only at the end, and tells what the file holds.
    mutating func finish() throws(AmxError) -> ContainerContents {
        if let index, index.count != files.count {
            throw input.damage("the index lists \(index.count) files, but the archive has \(files.count)")
        }
        files.sort { $0.path < $1.path }
        for file in files where tar.folders.contains(file.path) {
            throw input.failure("'\(file.path)' is both a file and a folder", hint: ArchiveAdvice.makeAgain)
        }
        do throws(AmxError) {
            try TreeRules.check(sorted: files.map(\.path), limits: limits)
        } catch {
            throw input.naming(error)
        }
        guard files.contains(where: { $0.path.bytes == ContainerFormat.manifestPath }) else {
            throw input.failure(
                "it has no manifest.json", hint: "a capsule has its manifest at the root of the archive")
        }
        return ContainerContents(digest: try ContentDigest(of: files), files: files, fileSize: input.size)
    }

    private mutating func checkLimits(_ entry: TarReader.Entry) throws(AmxError) {
        guard files.count < limits.entries else {
            throw input.over(.entries, of: limits, "it has more files than a capsule may have")
        }
        guard entry.size <= limits.objectBytes else {
            throw input.over(.objectBytes, of: limits, "'\(entry.path)' has \(entry.size) bytes")
        }
        guard entry.size <= limits.expandedBytes - expanded else {
            throw input.over(.expandedBytes, of: limits, "it expands to more bytes than a capsule may have")
        }
        expanded += entry.size
        guard index != nil || paths.insert(entry.path).inserted else {
            throw input.failure("'\(entry.path)' stands in it twice", hint: ArchiveAdvice.makeAgain)
        }
    }

    private mutating func compare(_ entry: TarReader.Entry, _ sha256: SHA256Digest) throws(AmxError) {
        guard let index else { return }
        var found = ContainerIndex.Entry(
            path: entry.path.bytes, mode: entry.mode, size: entry.size, frame: 0, offset: 0, sha256: sha256)
        if entry.size > 0 {
            while frame < frames.count, frames[frame].content.upperBound <= entry.start { frame += 1 }
            guard frame < frames.count else { throw input.damage("its archive is cut short: the end is missing") }
            found.frame = frame
            found.offset = entry.start - frames[frame].content.lowerBound
        }
        guard index[files.count] == found else {
            throw input.damage("the index's entry \(files.count) is not that of '\(entry.path)' in the archive")
        }
    }
}

/// The content of the file that a pass has come to, hashed as it is given out.
private final class ArchivedContent {
    private let tar: TarReader
    private let hasher = SHA256Hasher()
    private var isTaken = false

    init(_ tar: TarReader) { self.tar = tar }

    /// Gives the content; only once, and only during the visit.
    func give(_ sink: ContentSink) throws(AmxError) {
        guard !isTaken else { throw tar.failure("its content was taken before") }
        isTaken = true
        try tar.content { piece throws(AmxError) in
            hasher.update(piece)
            try sink(piece)
        }
    }

    /// Reads what the visit left, and gives the checksum of all.
    func finish() throws(AmxError) -> SHA256Digest {
        if !isTaken { try give { _ in } }
        guard tar.unread == 0 else { throw tar.failure("its content was not taken to the end") }
        return hasher.finish()
    }
}
