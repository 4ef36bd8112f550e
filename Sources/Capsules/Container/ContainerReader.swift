package import Objects

/// An open `.kc` file, or any other tar archive in zstd frames.
///
/// With an index, a single file is read by inflating only the frames that hold it; without one, every access reads the whole archive.
/// The index is a hint: what `entries`, `read` and `statedDigest` give agrees with it, and only `forEachFile`, `verify` and `extract` have compared it
/// with the archive. Safe for use by several threads; all calls block. Format: `docs/format-kc.md`.
package final class ContainerReader: Sendable {
    let input: ContainerInput
    let limits: Limits
    let archive: Archive

    /// How the archive is reached.
    enum Archive: Sendable {
        case indexed(ArchiveFrames, ContainerIndex)
        case stream(SeekTable?)
    }

    /// Opens a file and checks its seek table and index; what they describe is checked when it is read.
    ///
    /// `.failure` for what is no `.kc` file, can be no capsule or passes a limit; `.verification` for a file that fails its own checks.
    package convenience init(_ path: String, limits: Limits = .standard) throws(AmxError) {
        try self.init(path, nil, limits: limits)
    }

    /// Opens one that is a part of another file; errors name it after that.
    package init(_ path: String, _ part: FilePart?, limits: Limits = .standard) throws(AmxError) {
        let input = try ContainerInput(path, part)
        let seekTable = try SeekTable(of: input)
        if let seekTable { try input.checkExpansion(seekTable.archiveBytes, limits: limits) }
        if let seekTable, let region = seekTable.index {
            let frames = try ArchiveFrames(seekTable, of: input)
            let index = try ContainerIndex(in: region, of: input, seekTable: seekTable, limits: limits)
            archive = .indexed(frames, index)
        } else {
            archive = .stream(seekTable)
        }
        self.input = input
        self.limits = limits
    }

    /// The path, as it was given.
    package var path: String { input.path }

    /// The size of the `.kc` file.
    package var fileSize: Int { input.size }

    /// Whether single files can be read without the others.
    package var isIndexed: Bool {
        if case .indexed = archive { true } else { false }
    }

    /// How many frames of an indexed file were inflated since it was opened.
    package var inflatedFrameCount: Int {
        if case .indexed(let frames, _) = archive { frames.inflationCount } else { 0 }
    }

    /// All files in bytewise path order: from the index where there is one, else by reading the whole archive.
    package func entries() throws(AmxError) -> [ContainerEntry] {
        guard case .indexed(_, let index) = archive else { return try verify().files }
        var entries: [ContainerEntry] = []
        entries.reserveCapacity(index.count)
        for position in 0..<index.count {
            guard let entry = index[position] else { break }
            entries.append(try checked(entry))
        }
        return entries.sorted { $0.path < $1.path }
    }

    /// The content digest that follows from `entries`: of an indexed file it costs no inflation and is as good as the index.
    package func statedDigest() throws(AmxError) -> ContentDigest { try ContentDigest(of: entries()) }

    /// What the index says of a file, once its path has passed the tree rules.
    func checked(_ entry: ContainerIndex.Entry) throws(AmxError) -> ContainerEntry {
        do throws(AmxError) {
            return ContainerEntry(
                path: try TreePath(bytes: entry.path), mode: entry.mode, size: entry.size, sha256: entry.sha256)
        } catch {
            throw input.naming(error)
        }
    }
}
