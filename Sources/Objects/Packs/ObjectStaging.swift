/// Collects new objects and publishes them as one pack.
///
/// Objects that the repository has already are not written again. Nothing is visible to others until `publish()`; dropped
/// before that, nothing remains. Used from one thread.
package final class ObjectStaging {
    private let repository: Repository
    private var pack: StagedPack?
    private var added: Set<ObjectID> = []
    /// The number of objects that are new.
    package var count: Int { added.count }

    /// Starts collecting for the repository at a path.
    package init(for repositoryPath: String) throws(AmxError) {
        repository = try Repository(opening: repositoryPath)
    }

    /// Whether an object is staged or was there before.
    package func contains(_ id: ObjectID) -> Bool {
        added.contains(id) || repository.contains(id)
    }

    /// Adds an object unless the repository has it.
    @discardableResult
    package func add(_ bytes: UnsafeRawBufferPointer, kind: ObjectKind) throws(AmxError) -> ObjectID {
        let id = try Repository.objectID(of: bytes, kind: kind)
        if contains(id) { return id }
        try openPack().append(id, bytes, kind: kind)
        added.insert(id)
        return id
    }

    /// Adds an object unless the repository has it.
    @discardableResult
    package func add(_ bytes: [UInt8], kind: ObjectKind) throws(AmxError) -> ObjectID {
        try bytes.span.withUnsafeBytes { buffer throws(AmxError) in try add(buffer, kind: kind) }
    }

    private func openPack() throws(AmxError) -> StagedPack {
        if let pack { return pack }
        let made = try StagedPack(in: "\(repository.path)/objects")
        pack = made
        return made
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
        guard let pack else { return }
        // Under its final name, a pack that a crash cut short would keep the repository from being opened.
        let (quarantine, name) = try pack.finish()
        self.pack = nil
        added = []
        try quarantine.publish(pack: name, in: repository)
    }
}
