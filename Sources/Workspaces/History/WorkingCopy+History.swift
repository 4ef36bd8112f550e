import Capsules
package import Objects
import Versions

/// A commit as `amx log` shows it.
package struct LogEntry: Sendable {
    /// The commit's id.
    package let id: ObjectID
    /// The commit.
    package let commit: Commit
    /// The digest that its trailer states.
    package let digest: String?
    /// The version that its manifest states; nil when that cannot be read.
    package let version: String?
    /// The tags that name it.
    package let tags: [String]
}

/// A file as `amx show` lists it.
package struct ListedFile: Sendable {
    /// Path, mode and object.
    package let entry: FileEntry
    /// Its length in bytes.
    package let size: Int
}

/// One revision as `amx show` shows it.
package struct ShownRevision: Sendable {
    /// The commit's id, and what `amx log` shows of it.
    package let log: LogEntry
    /// The digest of the content, computed anew.
    package let digest: ContentDigest
    /// Every file.
    package let files: [ListedFile]
}

extension WorkingCopy {
    /// Shows commits newest first, from a revision or the current branch, until `body` returns false.
    package func log(
        from revision: String?, _ body: (LogEntry) throws(AmxError) -> Bool
    ) throws(AmxError) {
        let repository = try existingRepository()
        let position = try position(in: repository)
        let start = try commit(of: revision, in: repository, position: position)
        let tags = Dictionary(grouping: position.snapshot.tags, by: \.commit)
        var versions: [ObjectID: String] = [:]
        try CommitWalk(repository).visit([start]) { node throws(AmxError) in
            let entry = try logEntry(node.id, in: repository, tags: tags, versions: &versions)
            return try body(entry)
        }
    }

    /// One revision with its files; without a revision the current branch's commit.
    package func show(_ revision: String?) throws(AmxError) -> ShownRevision {
        let repository = try existingRepository()
        let position = try position(in: repository)
        let id = try commit(of: revision, in: repository, position: position)
        var versions: [ObjectID: String] = [:]
        let tags = Dictionary(grouping: position.snapshot.tags, by: \.commit)
        let entry = try logEntry(id, in: repository, tags: tags, versions: &versions)
        var files: [ListedFile] = []
        for file in try repository.files(ofTree: entry.commit.tree) {
            files.append(ListedFile(entry: file, size: try repository.header(file.id)?.size ?? 0))
        }
        return ShownRevision(log: entry, digest: try repository.digest(ofTree: entry.commit.tree), files: files)
    }

    /// The bytes of a file at a revision; without a revision, of the working form.
    package func cat(_ revision: String?, path: String) throws(AmxError) -> [UInt8] {
        let path = try TreePath(path)
        guard let revision else {
            do throws(AmxError) {
                return try bytes(of: path)
            } catch {
                guard error.code == .notFound, try form() != nil else { throw error }
                let paths = (try? content().files.map(\.path.string)) ?? []
                throw AmxError(
                    .notFound, "\(id) has no file \(path.string)",
                    hint: NearNames.hint(for: path.string, among: paths)
                        ?? "`\(command("show"))` lists the files of its last commit")
            }
        }
        let repository = try existingRepository()
        let commit = try commit(of: revision, in: repository, position: position(in: repository))
        let files = try repository.files(ofTree: repository.commit(commit).tree)
        guard let file = files.first(where: { $0.path == path }) else {
            throw AmxError(
                .notFound, "\(id)@\(revision) has no file \(path.string)",
                hint: NearNames.hint(for: path.string, among: files.map(\.path.string))
                    ?? "`\(kind == .capsule ? "amx show \(id)@\(revision)" : "amx workspace show \(revision)")` lists them"
            )
        }
        return try repository.read(file.id, as: .blob)
    }

    /// The commit that a revision names, or the current branch's.
    package func commit(
        of revision: String?, in repository: Repository, position: Position
    ) throws(AmxError) -> ObjectID {
        if let revision { return try Revision(revision, in: repository, snapshot: position.snapshot).commit }
        guard let head = position.head else {
            throw AmxError(
                .notFound, "\(id) has no commit on \(position.branchName) yet",
                hint: "make one with `\(command("commit", "-m \"...\""))`")
        }
        return head
    }

    private func logEntry(
        _ id: ObjectID, in repository: Repository, tags: [ObjectID: [Ref]], versions: inout [ObjectID: String]
    ) throws(AmxError) -> LogEntry {
        let commit = try repository.commit(id)
        return LogEntry(
            id: id, commit: commit, digest: Trailers.values(of: ContentDigest.trailer, in: commit.message).last,
            version: version(ofTree: commit.tree, in: repository, known: &versions),
            tags: (tags[id] ?? []).compactMap(\.name.tag))
    }

    /// The version of a tree's manifest, which old commits may lack or have wrong.
    private func version(
        ofTree tree: ObjectID, in repository: Repository, known: inout [ObjectID: String]
    ) -> String? {
        guard kind == .capsule,
            let entry = try? repository.entries(ofTree: tree).first(where: {
                $0.name.elementsEqual("manifest.json".utf8)
            })
        else { return nil }
        if let version = known[entry.id] { return version }
        let version = try? Manifest.parse(repository.read(entry.id, as: .blob)).version.text
        known[entry.id] = version
        return version
    }
}
