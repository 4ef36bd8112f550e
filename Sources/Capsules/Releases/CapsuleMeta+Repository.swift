package import Objects

extension CapsuleMeta {
    /// Reads what the hub says in a repository whose references are these; nothing where it has said nothing.
    package init(of repository: Repository, _ refs: RefSnapshot) throws(AmxError) {
        guard let ref = refs[.meta] else {
            self.init()
            return
        }
        try self.init(of: repository, at: ref.id)
    }

    /// Reads what the hub says at a commit of `refs/amx/meta`.
    package init(of repository: Repository, at commit: ObjectID) throws(AmxError) {
        let entries = try repository.entries(ofTree: repository.commit(commit).tree)
        let name = Array(Self.fileName.utf8)
        guard let entry = entries.first(where: { $0.name == name && !$0.isTree }) else {
            throw Self.unreadable("commit \(commit.abbreviated) has no such file")
        }
        guard let size = try repository.header(entry.id)?.size, size <= Self.byteLimit else {
            throw Self.unreadable("it is missing, or has more than \(Self.byteLimit) bytes")
        }
        try self.init(parsing: repository.read(entry.id, as: .blob))
    }

    /// Makes this what the hub says, durably: a commit after the one that is there, by an owner.
    ///
    /// `.conflict` when the reference has moved since `refs` were read.
    package func write(
        to repository: Repository, _ refs: RefSnapshot, by owner: OwnerName, message: String
    ) throws(AmxError) {
        let bytes = encoded
        guard bytes.count <= Self.byteLimit else {
            throw AmxError(
                .failure,
                "cannot say more of this capsule: \(Self.fileName) would have \(bytes.count) bytes, and the limit is \(Self.byteLimit)",
                hint: "give shorter reasons")
        }
        let before = refs[.meta]?.id
        let staging = try ObjectStaging(for: repository.path)
        let blob = try staging.add(bytes, kind: .blob)
        let tree = try staging.add(
            TreeEntry.encode([TreeEntry(mode: 0o100644, name: Array(Self.fileName.utf8), id: blob)]), kind: .tree)
        let author = Signature.now(name: owner.string, email: "\(owner.string)@amx-hub")
        let commit = Commit(
            tree: tree, parents: before.map { [$0] } ?? [], author: author, committer: author, message: message)
        let id = try staging.add(commit.encoded, kind: .commit)
        try staging.publish()
        try repository.refresh()
        try repository.refs.commit([RefUpdate(.meta, expected: before.map { .id($0) } ?? .missing, new: id)])
    }
}
