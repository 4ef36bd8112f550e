import Objects
import Versions

/// Reads what the tags of an opened repository say of a capsule's releases.
///
/// As for a push, a release is an annotated tag that was made under its name, of a commit, whose tree is a capsule's and whose manifest has the
/// capsule's id and the tag's version. What falls short of that is a release with a ``Release/problem``.
struct TagReader {
    /// What was read, and whether it will be the same whenever the tag is read again.
    struct Reading {
        let release: Release
        /// False where an object is missing or cannot be read, which may be mended.
        let isLasting: Bool
    }

    let repository: Repository
    let id: CapsuleID
    let limits: Limits
    let memory: ManifestMemory
    /// What is known of manifests from elsewhere, by their blobs.
    let known: [ObjectID: ManifestFacts]
    /// Blobs that were not fetched, since they are larger than a manifest may be.
    var oversized: Set<ObjectID> = []

    /// Why a release cannot be used, in words that follow a colon.
    private struct Defect: Error {
        let words: String
        let isLasting: Bool

        init(_ words: String, isLasting: Bool = true) {
            self.words = words
            self.isLasting = isLasting
        }
    }

    /// What was found on the way from the tag to the manifest.
    private struct Findings {
        var commit = ObjectID.zero
        var tree = ObjectID.zero
        var manifest = ObjectID.zero
        var digest: ContentDigest?
        var dependencies: [Dependency] = []
        var aimatrixVersion: VersionConstraint?
    }

    /// Reads the release `v<version>`, whose reference names the object `tag`.
    func read(_ version: SemanticVersion, tag: ObjectID) -> Reading {
        var found = Findings()
        var defect: Defect?
        do throws(Defect) {
            try read(version, tag, into: &found)
        } catch {
            defect = error
        }
        let release = Release(
            version: version, tag: tag, commit: found.commit, tree: found.tree, manifest: found.manifest,
            digest: found.digest, dependencies: found.dependencies, aimatrixVersion: found.aimatrixVersion,
            problem: defect?.words)
        return Reading(release: release, isLasting: defect?.isLasting ?? true)
    }

    private func read(_ version: SemanticVersion, _ id: ObjectID, into found: inout Findings) throws(Defect) {
        let kind = try kind(of: id, "its tag")
        guard kind == .tag else {
            if kind == .commit { found.commit = id }
            throw Defect("it is not an annotated tag, but names a \(kind.rawValue) itself")
        }
        let tag = try object(id) { () throws(AmxError) in try repository.tag(id) }
        guard tag.targetKind == .commit else {
            throw Defect("its tag is of a \(tag.targetKind.rawValue), not of a commit")
        }
        guard try self.kind(of: tag.target, "its commit") == .commit else {
            throw Defect("its tag takes \(tag.target.abbreviated) for a commit")
        }
        found.commit = tag.target
        guard tag.name.utf8.elementsEqual("v\(version.text)".utf8) else {
            throw Defect("its tag was made as \(TreeRules.printable(tag.name.utf8))")
        }
        let commit = try object(tag.target) { () throws(AmxError) in try repository.commit(tag.target) }
        found.tree = commit.tree
        found.digest = try digest(tag.message)
        if found.digest == nil { found.digest = try digest(commit.message) }
        found.manifest = try manifest(in: commit.tree)
        let facts = try facts(of: found.manifest)
        guard facts.id == self.id else { throw Defect("its manifest says that the id is \(facts.id)") }
        guard facts.version.text == version.text else {
            throw Defect("its manifest has version \(facts.version.text)")
        }
        found.dependencies = facts.dependencies
        found.aimatrixVersion = facts.aimatrixVersion
    }

    /// The kind of an object that may be read: it is here, and no larger than the limit.
    private func kind(of id: ObjectID, _ what: String) throws(Defect) -> ObjectKind {
        guard let header = try object(id, { () throws(AmxError) in try repository.header(id) }) else {
            throw Defect("\(what) is not in the repository: object \(id)", isLasting: false)
        }
        guard header.kind == .blob || header.size <= limits.objectBytes else {
            throw Defect(limits.passed(.objectBytes, "\(what) has \(header.size) bytes").message)
        }
        return header.kind
    }

    /// The digest that a message states; nil where it states none.
    private func digest(_ message: String) throws(Defect) -> ContentDigest? {
        let values = Trailers.values(of: ContentDigest.trailer, in: message)
        guard let first = values.first else { return nil }
        guard let digest = ContentDigest(first) else {
            throw Defect("its digest is none: \(TreeRules.printable(first.utf8))")
        }
        guard values.allSatisfy({ $0 == first }) else { throw Defect("it states several digests") }
        return digest
    }

    private func manifest(in tree: ObjectID) throws(Defect) -> ObjectID {
        guard try kind(of: tree, "its tree") == .tree else { throw Defect("its commit has no tree") }
        let entries = try object(tree) { () throws(AmxError) in try repository.entries(ofTree: tree) }
        guard !entries.contains(where: { $0.name.elementsEqual(WorkspaceManifest.fileName.utf8) && !$0.isTree }) else {
            throw Defect("it is of a workspace's commit")
        }
        guard let entry = entries.first(where: { $0.name.elementsEqual(Manifest.fileName.utf8) }) else {
            throw Defect("its commit has no \(Manifest.fileName)")
        }
        guard FileMode(rawValue: entry.mode) != nil else {
            throw Defect("\(Manifest.fileName) of its commit is not a regular file")
        }
        return entry.id
    }

    private func facts(of blob: ObjectID) throws(Defect) -> ManifestFacts {
        if let known = known[blob] { return known }
        if oversized.contains(blob) {
            throw Defect(limits.passed(.manifestBytes, "\(Manifest.fileName) is larger").message)
        }
        let header = try object(blob) { () throws(AmxError) in try repository.header(blob) }
        guard let header else {
            throw Defect("its \(Manifest.fileName) is not in the repository: object \(blob)", isLasting: false)
        }
        guard header.kind == .blob else { throw Defect("its \(Manifest.fileName) is a \(header.kind.rawValue)") }
        guard header.size <= limits.manifestBytes else {
            throw Defect(limits.passed(.manifestBytes, "\(Manifest.fileName) has \(header.size) bytes").message)
        }
        let facts = try memory.facts(of: blob, limits: limits) { () throws(Defect) in
            try object(blob) { () throws(AmxError) in try repository.read(blob, as: .blob) }
        }
        switch facts {
        case .success(let facts): return facts
        case .failure(let error): throw Defect(error.message)
        }
    }

    /// Takes what keeps an object from being read for a defect that may be mended.
    private func object<Object>(
        _ id: ObjectID, _ read: () throws(AmxError) -> Object
    ) throws(Defect) -> Object {
        do throws(AmxError) {
            return try read()
        } catch {
            throw Defect(error.message, isLasting: false)
        }
    }
}
