package import Objects

/// What a workspace's own files say, checked: `amx.json`, `amx.lock`, its volumes and libraries.
///
/// One verdict for every door that a workspace comes through: commit, push, pull and clone.
package struct WorkspaceDocuments: Sendable {
    /// Files of a workspace that have a meaning to Amx, by their place.
    package enum Place: Sendable, Hashable {
        case manifest
        case lock
        /// `knowledge/volumes/<name>/manifest.yaml`
        case volume(String)
        /// `knowledge/libraries/<name>/package.json`
        case library(String)

        /// The meaning of a path; nil for files that are only content.
        package init?(_ path: TreePath) {
            let parts = path.string.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 1, parts[0] == WorkspaceManifest.fileName {
                self = .manifest
            } else if parts.count == 1, parts[0] == WorkspaceLock.fileName {
                self = .lock
            } else if parts.count == 4, parts[0] == "knowledge", parts[1] == "volumes", parts[3] == "manifest.yaml" {
                self = .volume(String(parts[2]))
            } else if parts.count == 4, parts[0] == "knowledge", parts[1] == "libraries", parts[3] == "package.json" {
                self = .library(String(parts[2]))
            } else {
                return nil
            }
        }
    }

    /// What belongs to somebody else below a workspace's root, and is never part of its tree.
    package static let foreignPaths = [".aimatrix", ".git", "knowledge/capsules"]
    /// How many volumes and libraries a workspace may have.
    private static let collections = 10_000

    /// `amx.json`.
    package let manifest: WorkspaceManifest
    /// `amx.lock`; nil where it was not there and need not be.
    package let lock: WorkspaceLock?
    /// What deserves a look although all is valid.
    package let warnings: [ManifestDiagnostic]

    /// Reads and checks the files of a tree; `read` gives a file's bytes.
    ///
    /// `name` is the one that `amx.json` must say; nil when any will do. The first error is thrown, with all of its file.
    package init(
        of paths: some Sequence<TreePath>, named name: CapsuleID?, requiresLock: Bool = true,
        read: (TreePath) throws(AmxError) -> [UInt8]
    ) throws(AmxError) {
        var places: [Place: TreePath] = [:]
        for path in paths {
            try Self.checkOwn(path)
            if let place = Place(path) { places[place] = path }
        }
        guard let manifestPath = places[.manifest] else {
            throw AmxError(
                .failure, "the workspace has no \(WorkspaceManifest.fileName)",
                hint: "`amx init` writes it, docs/workspace.md describes it")
        }
        let manifest = try WorkspaceManifest.parse(read(manifestPath))
        if let name, manifest.name != name {
            throw AmxError(
                .failure,
                "\(WorkspaceManifest.fileName) says that the workspace's name is \(manifest.name): it is \(name) here",
                hint: "make the name and the last part of the workspace's address the same")
        }
        var lock: WorkspaceLock?
        if let path = places[.lock] {
            lock = try WorkspaceLock.parse(read(path))
        } else if requiresLock {
            throw AmxError(
                .failure, "the workspace has no \(WorkspaceLock.fileName)",
                hint: "`amx commit` writes it, docs/workspace.md describes it")
        }
        // What is installed has another place: only what is developed here would be pushed to the workspace's.
        guard lock?[manifest.name]?.isRelease != false else {
            throw AmxError(
                .failure, "the workspace \(manifest.name) has a capsule of the same name",
                hint: "rename one of them: both are shared as OWNER/\(manifest.name).git")
        }
        try lock?.checkLines(against: manifest)
        self.manifest = manifest
        self.lock = lock
        warnings = try manifest.warnings + Self.checkCollections(places, manifest, lock, read)
    }

    /// Refuses a path that lies where capsules, or Amx's own files, lie in a workspace.
    package static func checkOwn(_ path: TreePath) throws(AmxError) {
        let folded = TreeRules.foldedKey(path.bytes)
        for foreign in foreignPaths
        where folded.starts(with: foreign.utf8)
            && (folded.count == foreign.utf8.count || folded[foreign.utf8.count] == UInt8(ascii: "/"))
        {
            throw AmxError(
                .failure,
                "\(path.string) cannot be a file of the workspace itself: \(foreign) has histories of its own",
                hint: "commit capsules with `amx commit ID`; leave the folder out of the workspace's repository")
        }
    }

    private static func checkCollections(
        _ places: [Place: TreePath], _ manifest: WorkspaceManifest, _ lock: WorkspaceLock?,
        _ read: (TreePath) throws(AmxError) -> [UInt8]
    ) throws(AmxError) -> [ManifestDiagnostic] {
        let collections = places.sorted { $0.value < $1.value }
        guard collections.count <= Self.collections else {
            throw AmxError(.failure, "the workspace has more than \(Self.collections) volumes and libraries")
        }
        let known = KnownVersions(manifest, lock)
        var warnings: [ManifestDiagnostic] = []
        for (place, path) in collections {
            switch place {
            case .manifest, .lock: continue
            case .volume(let name):
                warnings += try Volume.check(read(path), named: name, file: path.string, against: known)
            case .library(let name):
                warnings += try Library.check(read(path), named: name, file: path.string, against: known)
            }
        }
        return warnings
    }
}
