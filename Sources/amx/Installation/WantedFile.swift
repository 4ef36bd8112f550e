import Capsules
import Glibc
import Objects
import Versions
import Workspaces

/// A `.kc` file as a command line names it, from which its capsule is installed.
///
/// A file among the workspace's own is used where it lies; of any other, this copy of the workspace keeps a copy.
struct WantedFile {
    /// The file, as it was named.
    let name: String
    /// What the workspace names.
    let source: FileSource
    /// What it holds.
    let release: FileRelease
    /// Whether others get it with the workspace.
    let travels: Bool
    private let workspace: Workspace
    /// What was copied for this command.
    private let copies: [String]

    /// Whether a word on a command line is a file's name: no capsule has such an id.
    static func isNamed(_ word: String) -> Bool { word.hasSuffix(".kc") }

    /// Reads and verifies a file.
    init(_ name: String, in workspace: Workspace) throws {
        try FileArgument.container.check(name, to: "install")
        let path = try WorkingDirectory.absolute(name)
        (self.name, self.workspace) = (name, workspace)
        if let own = Self.own(path, in: workspace) {
            (source, travels, copies) = (own, true, [])
            release = try FileRelease(own, in: workspace)
            return
        }
        (source, copies) = try Self.keep(path, in: workspace)
        travels = false
        do throws(AmxError) {
            release = try FileRelease(source, in: workspace)
        } catch {
            for copy in copies { try? Directory.remove(copy) }
            throw error
        }
    }

    /// A file as one of the workspace's own; nil for any other, and for one that the workspace's history leaves out.
    private static func own(_ path: String, in workspace: Workspace) -> FileSource? {
        let root = "\(resolved(workspace.root))/"
        let real = resolved(path)
        guard real.utf8.starts(with: root.utf8),
            let source = FileSource(path: String(decoding: real.utf8.dropFirst(root.utf8.count), as: UTF8.self))
        else { return nil }
        let files = try? workspace.files().content().files
        return files?.contains { $0.path.bytes.elementsEqual(source.path.utf8) } == true ? source : nil
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Copies a file, and the signature beside it, to where this copy of the workspace keeps them; a name says what the file contains.
    private static func keep(_ path: String, in workspace: Workspace) throws -> (FileSource, copies: [String]) {
        let reader = try ContainerReader(path)
        let digest = try reader.verifyCapsule().digest
        let id = try Manifest.parse(reader.manifestBytes(), file: "\(path)/\(Manifest.fileName)").id
        let name = FileCopies.name(id, digest)
        let kept = "\(FileSource.keptFolder)/\(name)"
        guard let source = FileSource(path: kept) else { throw AmxError(.failure, "cannot keep a copy of \(path)") }
        let target = workspace.path(of: source)
        try Directory.createDurably(Directory.parent(of: target))
        var copies: [String] = []
        // One that is there, and that nothing has named for long, is about to be named.
        FileCopies(workspace).confirm(name)
        let pairs = [(path, target), (Verification.signaturePath(of: path), Verification.signaturePath(of: target))]
        for (from, to) in pairs where Directory.exists(from) && !Directory.exists(to) {
            guard let bytes = try FileContent.read(from) else { continue }
            try AtomicFile.write(bytes, to: to)
            copies.append(to)
        }
        return (source, copies)
    }

    /// Requires the capsule in `amx.json`, in place of what it says of it now; where the lock has its very content, nothing changes.
    func add(_ kind: Dependency.Kind, to manifest: inout WorkspaceManifest) throws {
        let id = release.id
        let entry = try workspace.lock()?[id]
        if let entry, entry.isRelease, entry.digest == release.digest,
            manifest.requirements.contains(where: { $0.id == id })
        {
            return
        }
        if entry?.isRelease != true, try workspace.capsule(id).form() != nil {
            throw AmxError(
                .conflict, "cannot install \(name): \(id) is developed here",
                hint: "`amx diff \(id) \(name)` shows what differs")
        }
        try checkReleases()
        let version = release.release.version.text.prefix { $0 != "+" }
        do throws(VersionSyntaxError) {
            manifest.require(id, try VersionConstraint(parsing: "^\(version)"), kind, file: source)
        } catch {
            throw AmxError(.failure, "cannot require \(id) \(version): \(error.reason)")
        }
    }

    /// Refuses a version that is here already as a release that somebody has made.
    private func checkReleases() throws(AmxError) {
        let (id, release) = (release.id, release.release)
        guard let name = RefName(tag: release.name), let repository = try workspace.anyRepository(id),
            let tag = try repository.refs.snapshot()[name], tag.commit != release.commit
        else { return }
        guard try repository.commit(tag.commit).tree == release.tree else {
            throw AmxError(
                .verification,
                "cannot install \(self.name): the release \(release.version) of \(id) is here with other content",
                hint: "a release never changes: find out who made the file before you trust it")
        }
        throw AmxError(
            .conflict,
            "cannot install \(self.name): the release \(release.version) of \(id) is here already, with the same content",
            hint: "bring it from where it is: `amx install \(id)@\(release.version)`")
    }

    /// What others need, to install what the lock names now.
    var note: String {
        travels
            ? "\(release.id) comes from \(source.path), which others get with the workspace: `amx commit` records it"
            : "others cannot install \(release.id) from this \(WorkspaceLock.fileName), since they have no \(name): put it into the workspace and install it from there, or push the capsule (`amx push REMOTE \(release.id)`) and require it from the remote (`amx add \(release.id) --remote REMOTE`)"
    }

    /// Removes what was copied, where nothing came of it.
    func discard() {
        guard (try? workspace.lock()?[release.id]?.source.text) != source.text else { return }
        for copy in copies { try? Directory.remove(copy) }
    }
}
