import Capsules
import Objects

/// A `.kc` file as one side of a comparison.
///
/// All of the file is verified when it is read: its index is only a hint, and a difference must not hide what the index hides.
final class ContainerContent: ComparedContent {
    private let reader: ContainerReader
    private let repository: Repository?
    /// What the file holds, in bytewise path order.
    let entries: [ContainerEntry]
    private let sizes: [TreePath: Int]
    private var kept: [TreePath: [UInt8]] = [:]

    /// As much of an archive without an index is held in memory, to read it once and not for each file.
    private static let heldBytes = 128 << 20

    /// Reads and verifies a file; `repository` is where its contents may be kept too.
    init(_ path: String, repository: Repository?) throws(AmxError) {
        reader = try ContainerReader(path)
        self.repository = repository
        entries = try reader.verify().files
        sizes = Dictionary(entries.map { ($0.path, $0.size) }) { first, _ in first }
    }

    var manifest: FileEntry? {
        entries.first { $0.path.string == Manifest.fileName }.flatMap { try? file($0) }
    }

    /// All files with the ids that their contents have in a repository: every content is hashed.
    func files() throws(AmxError) -> [FileEntry] {
        var ids: [TreePath: ObjectID] = [:]
        try reader.forEachFile { file throws(AmxError) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(file.size)
            try file.content { piece in bytes.append(contentsOf: piece) }
            ids[file.path] = try Self.id(of: bytes)
        }
        return entries.compactMap { entry in
            ids[entry.path].map { FileEntry(path: entry.path, mode: entry.mode, id: $0) }
        }
    }

    /// One file with the id that its content has in a repository.
    func file(_ entry: ContainerEntry) throws(AmxError) -> FileEntry {
        FileEntry(path: entry.path, mode: entry.mode, id: try Self.id(of: bytes(at: entry.path)))
    }

    /// Prepares to be asked for some of the files.
    func willRead(_ paths: Set<TreePath>) throws(AmxError) {
        guard !reader.isIndexed, paths.count > 1 else { return }
        var left = Self.heldBytes
        try reader.forEachFile { file throws(AmxError) in
            guard paths.contains(file.path), file.size <= left else { return }
            left -= file.size
            var bytes: [UInt8] = []
            bytes.reserveCapacity(file.size)
            try file.content { piece in bytes.append(contentsOf: piece) }
            kept[file.path] = bytes
        }
    }

    func bytes(of file: FileEntry) throws(AmxError) -> [UInt8] { try bytes(at: file.path) }

    func size(of file: FileEntry) throws(AmxError) -> Int { sizes[file.path] ?? 0 }

    func isKept(_ file: FileEntry) -> Bool { repository?.contains(file.id) ?? false }

    private func bytes(at path: TreePath) throws(AmxError) -> [UInt8] {
        if let bytes = kept[path] { return bytes }
        return try reader.read(path)
    }

    private static func id(of bytes: [UInt8]) throws(AmxError) -> ObjectID {
        try bytes.span.withUnsafeBytes { buffer throws(AmxError) in
            try Repository.objectID(of: buffer, kind: .blob)
        }
    }
}
