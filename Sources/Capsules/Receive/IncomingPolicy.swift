package import Objects
import Versions

/// Decides which refs of a repository may point at what: the one verdict at every door that refs come through.
///
/// A repository is a capsule's or a workspace's (``RepositoryKind``), which its first commit decides for good. Of a workspace
/// there are branches, which lead to commits with a valid `amx.json` of the repository's name, a valid `amx.lock`, and volumes
/// and libraries that agree with them; and event chains (`refs/amx/events/*`), which only go forward. Of a capsule:
/// branches lead to commits whose manifest is valid and has the repository's id. Releases (`refs/tags/v*`) are annotated tags
/// of commits, made for the name that they have, of the version in the manifest, and never change. What a
/// `Capsule-Digest:` trailer says of a new commit or a release is true. A release's signature is not bad, and what a policy
/// requires to be signed is signed by a trusted key. That all objects are sound is not asked here but by
/// ``IncomingObjects/check(tips:)``, before. Answers are remembered, so use one instance for all refs of a push or fetch.
/// Calls block and come from one thread at a time.
package final class IncomingPolicy {
    /// How many files may go into the digests of one push, counted in every commit: well under a minute of work.
    package static let digestedFiles = 50_000_000

    let incoming: IncomingObjects
    let signatures: SignaturePolicy
    /// The releases that were looked at, in this order; those of a bad signature too.
    package internal(set) var releases: [ReleaseSignature] = []
    private let capsule: CapsuleID
    private let digestedFiles: Int
    private let history: HistoryDigests
    private var digests: [ObjectID: ContentDigest] = [:]
    private var manifests: [ObjectID: Manifest] = [:]
    private var workspaceTrees: Set<ObjectID> = []
    // What the repository holds, as soon as that is known.
    private var kind: RepositoryKind?
    // Whether it has a branch, or is to have one that was let in.
    private(set) var hasBranch = false
    // Commits that are sound with all new ones before them.
    private var soundHistories: Set<ObjectID> = []

    /// Judges objects that would come into the repository of a capsule, or of the workspace of that name.
    ///
    /// Without `kind`, the repository's own branches decide, and where there are none the first one that comes.
    package init(
        _ incoming: IncomingObjects, of capsule: CapsuleID, kind: RepositoryKind? = nil,
        signatures: SignaturePolicy = .none,
        digestedFiles: Int = IncomingPolicy.digestedFiles
    ) {
        self.kind = kind
        self.digestedFiles = digestedFiles
        self.signatures = signatures
        self.incoming = incoming
        self.capsule = capsule
        history = HistoryDigests(incoming.reader, limits: incoming.limits)
    }

    /// Judges all changes of one push, given the refs that the repository has: those that it may not make, and why.
    ///
    /// Branches come first, whatever the order: they say what the repository is.
    package func refusals(of updates: [RefUpdate], in snapshot: RefSnapshot) -> [RefName: AmxError] {
        var refusals: [RefName: AmxError] = [:]
        let branches = updates.filter { $0.name.branch != nil }
        for update in branches + updates.filter({ $0.name.branch == nil }) {
            do throws(AmxError) { try check(update, in: snapshot) } catch { refusals[update.name] = error }
        }
        return refusals
    }

    /// Throws when a push may not make this change, given the refs that the repository has.
    package func check(_ update: RefUpdate, in snapshot: RefSnapshot) throws(AmxError) {
        let current = snapshot[update.name]?.id
        if let branch = snapshot.branches.first {
            hasBranch = true
            if kind == nil { kind = try incoming.reader.kind(ofCommit: branch.id) }
        }
        if update.name.branch != nil {
            guard let tip = update.new else {
                guard snapshot.head.branch != update.name else {
                    throw AmxError(
                        .denied, "cannot delete \(update.name.string): it is the default branch",
                        hint: "a repository keeps its default branch; delete another one")
                }
                return
            }
            try checkBranch(tip)
            try checkSignatures(of: tip, as: update.name, beyond: snapshot.refs.map { ($0.name, $0.commit) })
            hasBranch = true
            return
        }
        if update.name.suffix(after: ReplicaID.chainPrefix) != nil, kind != .capsule {
            return try checkEvents(update, in: snapshot)
        }
        guard kind != .workspace else {
            throw AmxError(
                .denied,
                "cannot change \(update.name.string): it is neither a branch nor an event chain of a workspace",
                hint: "push refs/heads/* and refs/amx/events/* only; releases are of capsules")
        }
        guard let name = update.name.tag, name.utf8.first == UInt8(ascii: "v") else {
            throw AmxError(
                .denied, "cannot change \(update.name.string): it is neither a branch nor a release",
                hint: "push refs/heads/* and refs/tags/v* only")
        }
        guard let tag = update.new else {
            guard current == nil else {
                throw AmxError(
                    .conflict, "cannot delete release \(name): a release never changes",
                    hint: "release a new version, and mark this one as yanked")
            }
            return
        }
        if let current {
            guard current == tag else {
                throw AmxError(
                    .conflict, "cannot replace release \(name): a release never changes",
                    hint: "raise the version in manifest.json and release that")
            }
            return
        }
        try checkRelease(name, tag)
    }

    /// Throws when a branch may not point at an object.
    package func checkBranch(_ tip: ObjectID) throws(AmxError) {
        guard let header = try incoming.header(tip) else { throw missing(tip) }
        guard header.kind == .commit else {
            throw AmxError(
                .failure, "a branch points at commits: \(tip) is a \(header.kind.rawValue)",
                hint: "make the branch anew at a commit")
        }
        switch try checkKind(of: tip) {
        case .capsule: _ = try manifest(of: tip)
        case .workspace: try checkWorkspace(at: tip)
        }
        try checkHistory(of: tip)
    }

    /// Throws unless a commit holds what a commit of this repository may hold.
    ///
    /// Its history is not looked at, and of a workspace not what its documents say.
    package func checkContent(of commit: ObjectID) throws(AmxError) {
        switch try checkKind(of: commit) {
        case .capsule: _ = try manifest(of: commit)
        case .workspace: try checkTree(of: commit)
        }
    }

    /// Throws when an object may not be the release with a name such as `v1.2.0`.
    package func checkRelease(_ name: String, _ id: ObjectID) throws(AmxError) {
        guard let header = try incoming.header(id) else { throw missing(id) }
        guard header.kind == .tag else {
            throw AmxError(
                .failure, "release \(name) is not an annotated tag: it names a \(header.kind.rawValue)",
                hint: "make it with `amx release` or `git tag -a`")
        }
        let tag = try incoming.reader.tag(id)
        guard tag.name == name else {
            throw AmxError(
                .verification,
                "release \(name) was made as \(TreeRules.printable(tag.name.utf8)): a tag keeps its name",
                hint: "make the tag anew under the name that it shall have")
        }
        guard tag.targetKind == .commit else {
            throw AmxError(
                .failure, "release \(name) is a tag of a \(tag.targetKind.rawValue), not of a commit",
                hint: "make the tag anew at a commit")
        }
        guard try checkKind(of: tag.target) == .capsule else {
            throw AmxError(
                .denied, "release \(name) is of a workspace's commit: a workspace has no releases",
                hint: "release its capsules with `amx release ID`")
        }
        let manifest = try manifest(of: tag.target)
        guard manifest.tagName == name else {
            throw AmxError(
                .failure, "release \(name) is of a commit whose manifest has version \(manifest.version.text)",
                hint: "commit the version in manifest.json, then release; `amx release` names the tag itself")
        }
        let tree = try incoming.reader.commit(tag.target).tree
        try checkDigests(in: tag.message, of: tree, subject: "release \(name)")
        try checkSignature(of: name, id)
        try checkHistory(of: tag.target)
    }

    // MARK: Commits

    /// Checks the digest trailers of a commit and of the new commits before it.
    private func checkHistory(of tip: ObjectID) throws(AmxError) {
        var visited: Set<ObjectID> = []
        var pending = [tip]
        while let id = pending.popLast() {
            guard !soundHistories.contains(id), visited.insert(id).inserted else { continue }
            let commit = try incoming.reader.commit(id)
            try checkDigests(in: commit.message, of: commit.tree, subject: "commit \(id.abbreviated)")
            pending += commit.parents.filter { incoming.isNew($0) }
        }
        soundHistories.formUnion(visited)
    }

    private func checkDigests(in message: String, of tree: ObjectID, subject: String) throws(AmxError) {
        for value in Trailers.values(of: ContentDigest.trailer, in: message) {
            let found = try digest(of: tree)
            guard ContentDigest(value) == found else {
                throw AmxError(
                    .verification,
                    "\(subject) says that its digest is \(TreeRules.printable(value.utf8)): it is \(found.text)",
                    hint: "its content has been changed: make it anew with `amx commit` or `amx release`")
            }
        }
    }

    private func digest(of tree: ObjectID) throws(AmxError) -> ContentDigest {
        if let known = digests[tree] { return known }
        guard history.files < digestedFiles else {
            throw AmxError(
                .failure, "the digests of this history are too much to verify at once",
                hint: "send its older commits first, as a branch of their own")
        }
        let digest = try history.digest(ofTree: tree)
        digests[tree] = digest
        return digest
    }

    /// Looks at a tree that was here before; a new one has been looked at with the other objects.
    private func checkTree(of commit: ObjectID) throws(AmxError) {
        guard !incoming.isNew(commit) else { return }
        try incoming.checkContent(of: commit)
    }

    /// The manifest of a commit, valid and of this capsule.
    private func manifest(of commit: ObjectID) throws(AmxError) -> Manifest {
        let tree = try incoming.reader.commit(commit).tree
        if let known = manifests[tree] { return known }
        try checkTree(of: commit)
        let name = Array(Manifest.fileName.utf8)
        let subject = "\(Manifest.fileName) of commit \(commit.abbreviated)"
        guard let entry = try incoming.reader.entries(ofTree: tree).first(where: { $0.name == name && !$0.isTree })
        else {
            throw AmxError(
                .failure, "commit \(commit.abbreviated) has no \(Manifest.fileName)",
                hint: "a capsule has one at its root: `amx new` writes it, docs/manifest.md describes it")
        }
        guard let size = try incoming.header(entry.id)?.size, size <= incoming.limits.manifestBytes else {
            throw AmxError(
                .failure, "\(subject) is too large: the limit 'manifestBytes' is \(incoming.limits.manifestBytes)",
                hint: "move data out of the manifest into files of its own")
        }
        let bytes = try incoming.reader.read(entry.id, as: .blob)
        let paths = try incoming.reader.files(ofTree: tree).map(\.path)
        let manifest = try Manifest.parse(bytes, of: capsule, with: paths, file: subject, limits: incoming.limits)
        manifests[tree] = manifest
        return manifest
    }

    // MARK: Workspaces

    /// What a commit is of, which must be what the repository is.
    private func checkKind(of commit: ObjectID) throws(AmxError) -> RepositoryKind {
        let found = try incoming.reader.kind(ofCommit: commit)
        guard let kind else {
            self.kind = found
            return found
        }
        guard found == kind else {
            throw AmxError(
                .failure,
                "commit \(commit.abbreviated) has \(found == .workspace ? "an" : "no") \(WorkspaceManifest.fileName) at its root, so it is of a \(found.rawValue): this is the repository of the \(kind.rawValue) \(capsule)",
                hint: "capsules and workspaces share their owner's names: give one of them another")
        }
        return kind
    }

    private func checkWorkspace(at commit: ObjectID) throws(AmxError) {
        let tree = try incoming.reader.commit(commit).tree
        guard !workspaceTrees.contains(tree) else { return }
        try checkTree(of: commit)
        let files = try incoming.reader.files(ofTree: tree)
        let ids = Dictionary(files.map { ($0.path, $0.id) }, uniquingKeysWith: { first, _ in first })
        _ = try WorkspaceDocuments(of: files.map(\.path), named: capsule) { path throws(AmxError) in
            guard let id = ids[path], let size = try incoming.header(id)?.size else { return [] }
            guard size <= WorkspaceLock.byteLimit else {
                throw AmxError(.failure, "\(path.string) of commit \(commit.abbreviated) is too large: \(size) bytes")
            }
            return try incoming.reader.read(id, as: .blob)
        }
        workspaceTrees.insert(tree)
    }

    func missing(_ id: ObjectID) -> AmxError {
        AmxError(
            .notFound, "object \(id) is neither in the pack nor here",
            hint: "send it again; if it comes back, run `git fsck` where it was sent from")
    }
}
