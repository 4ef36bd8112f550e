import CGit2

/// Collects new objects in memory and publishes them as one pack.
///
/// Objects that the repository has already are not written again. Nothing is visible to others until `publish()`; dropped
/// before that, nothing remains. Used from one thread.
package final class ObjectStaging {
    private let repository: Repository
    private let backend: UnsafeMutablePointer<git_odb_backend>
    private var added: [PackObject] = []
    private var known: Set<ObjectID> = []
    /// The number of objects that are new.
    package var count: Int { added.count }

    /// Starts collecting for the repository at a path.
    package init(for repositoryPath: String) throws(AmxError) {
        repository = try Repository(opening: repositoryPath)
        var backend: UnsafeMutablePointer<git_odb_backend>?
        try LibGit2.check(git_mempack_new(&backend), "cannot stage objects")
        guard let backend else { throw AmxError(.failure, "cannot stage objects") }
        let result = git_odb_add_backend(repository.database, backend, 999)
        if result < 0 { backend.pointee.free?(backend) }
        try LibGit2.check(result, "cannot stage objects")
        // From here on the object database owns the backend.
        self.backend = backend
    }

    /// Whether an object is staged or was there before.
    package func contains(_ id: ObjectID) -> Bool {
        known.contains(id) || repository.contains(id)
    }

    /// Adds an object unless the repository has it; `path` helps the pack writer find a delta base.
    @discardableResult
    package func add(
        _ bytes: UnsafeRawBufferPointer, kind: ObjectKind, path: [UInt8]? = nil
    ) throws(AmxError) -> ObjectID {
        let id = try Repository.objectID(of: bytes, kind: kind)
        if known.contains(id) || repository.contains(id) { return id }
        // Straight to the backend: the object database would hash the bytes once more.
        var oid = id.git
        let result = backend.pointee.write?(backend, &oid, bytes.baseAddress, bytes.count, kind.git) ?? -1
        try LibGit2.check(result, "cannot stage object \(id)")
        known.insert(id)
        added.append(PackObject(id: id, path: path))
        return id
    }

    /// Adds an object unless the repository has it.
    @discardableResult
    package func add(_ bytes: [UInt8], kind: ObjectKind, path: [UInt8]? = nil) throws(AmxError) -> ObjectID {
        try bytes.span.withUnsafeBytes { buffer throws(AmxError) in try add(buffer, kind: kind, path: path) }
    }

    /// Adds the trees that hold some files and returns the root's id.
    ///
    /// The files are in bytewise path order, which is also the order of git's trees.
    package func addTree(of files: [FileEntry]) throws(AmxError) -> ObjectID {
        try addTree(of: files[...], skipping: 0)
    }

    private func addTree(of files: ArraySlice<FileEntry>, skipping prefix: Int) throws(AmxError) -> ObjectID {
        var entries: [TreeEntry] = []
        var index = files.startIndex
        while index < files.endIndex {
            let path = files[index].path.bytes
            guard let slash = path[prefix...].firstIndex(of: 0x2F) else {
                let mode = files[index].mode.rawValue
                entries.append(TreeEntry(mode: mode, name: Array(path[prefix...]), id: files[index].id))
                index += 1
                continue
            }
            let folder = path[..<(slash + 1)]
            let end = files[index...].firstIndex { !$0.path.bytes.starts(with: folder) } ?? files.endIndex
            let id = try addTree(of: files[index..<end], skipping: slash + 1)
            entries.append(TreeEntry(mode: 0o40000, name: Array(path[prefix..<slash]), id: id))
            index = end
        }
        return try add(TreeEntry.encode(entries), kind: .tree)
    }

    /// Writes the new objects as one pack, durably, and makes it visible; with nothing new it does nothing.
    package func publish() throws(AmxError) {
        guard !added.isEmpty else { return }
        // Under its final name, a pack that a crash cut short would keep the repository from being opened.
        let quarantine = try Quarantine(in: "\(repository.path)/objects")
        let name = try writePack(into: "\(quarantine.path)/pack")
        added = []
        known = []
        try LibGit2.check(git_mempack_reset(backend), "cannot end staging")
        try quarantine.publish(pack: name, in: repository)
    }

    private func writePack(into folder: String) throws(AmxError) -> String {
        // One of many leaves the other cores to the others.
        let builder = try PackBuilder(repository, threads: SyncGroup.current == nil ? 0 : 1)
        for object in added { try builder.insert(object.id, path: object.path) }
        return try builder.write(into: folder)
    }
}
