import Capsules
import Glibc
import Objects

/// A capsule's packed form: reading and writing its `.kc` file.
struct PackedForm {
    /// The `.kc` file.
    let path: String
    /// The stat cache's file.
    let cachePath: String

    /// The content, verified as a whole and hashed, or taken from the stat cache while the file is the same.
    func content() throws(AmxError) -> WorkingContent {
        let stamp = try stamp()
        let reader = try ContainerReader(path)
        if let known = try cached(reader, stamp: stamp) { return WorkingContent(files: known, ignored: []) }
        var ids: [TreePath: ObjectID] = [:]
        let contents = try reader.forEachFile { file throws(AmxError) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(file.size)
            try file.content { piece in bytes.append(contentsOf: piece) }
            ids[file.path] = try bytes.span.withUnsafeBytes { buffer throws(AmxError) in
                try Repository.objectID(of: buffer, kind: .blob)
            }
        }
        var cache = StatCache(cachePath)
        var files: [WorkingFile] = []
        for entry in contents.files {
            guard let id = ids[entry.path] else { continue }
            cache.record(entry.path.bytes, stamp: stamp, hashes: StatCache.Hashes(id: id, sha256: entry.sha256))
            files.append(Self.file(entry, id: id))
        }
        cache.save()
        return WorkingContent(files: files, ignored: [])
    }

    /// The bytes of one file.
    func bytes(of file: TreePath) throws(AmxError) -> [UInt8] {
        try ContainerReader(path).read(file)
    }

    /// Replaces the `.kc` file by one that holds the given files, durably and in one step.
    @discardableResult
    func write(_ files: [FileEntry], from repository: Repository) throws(AmxError) -> ContainerContents {
        try Directory.create(Directory.parent(of: path))
        return try ContainerWriter().write(repository.containerFiles(files), to: path)
    }

    private func stamp() throws(AmxError) -> StatCache.Stamp {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw AmxError.system("cannot read \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AmxError(.failure, "\(path) is not a regular file", hint: "replace it by the .kc file itself")
        }
        return StatCache.Stamp(status)
    }

    private func cached(_ reader: ContainerReader, stamp: StatCache.Stamp) throws(AmxError) -> [WorkingFile]? {
        guard reader.isIndexed else { return nil }
        var cache = StatCache(cachePath)
        var files: [WorkingFile] = []
        for entry in try reader.entries() {
            guard let hashes = cache.hashes(of: entry.path.bytes, stamp: stamp), hashes.sha256 == entry.sha256 else {
                return nil
            }
            files.append(Self.file(entry, id: hashes.id))
        }
        return files
    }

    private static func file(_ entry: ContainerEntry, id: ObjectID) -> WorkingFile {
        WorkingFile(path: entry.path, mode: entry.mode, size: entry.size, id: id, sha256: entry.sha256)
    }
}

extension Repository {
    /// Files of this repository as a `.kc` writer takes them.
    func containerFiles(_ files: [FileEntry]) throws(AmxError) -> [ContainerFile] {
        var result: [ContainerFile] = []
        for file in files {
            guard let header = try header(file.id), header.kind == .blob else {
                throw AmxError(
                    .verification, "\(file.path.string): its content \(file.id) is not in \(path)",
                    hint: AmxError.damagedStore)
            }
            result.append(
                ContainerFile(path: file.path, mode: file.mode, size: header.size) { sink throws(AmxError) in
                    try self.withObject(file.id) { _, bytes throws(AmxError) in try sink(bytes) }
                })
        }
        return result
    }
}
