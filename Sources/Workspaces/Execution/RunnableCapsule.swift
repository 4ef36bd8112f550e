package import Capsules
package import Objects

/// A capsule's content as it is to run: its files in a folder of their own, counted while they were written.
package struct RunnableCapsule: Sendable {
    package let manifest: Manifest
    /// Of exactly the files in the folder.
    package let digest: ContentDigest
    /// The files, in bytewise order.
    package let paths: [TreePath]
    package let folder: RunFolder
    /// Those that are executable.
    package let executables: Set<TreePath>

    /// The tests of the folder `tests`: scripts named as tests are, and executable files.
    package var tests: [TreePath] {
        paths.filter { path in
            guard path.string.hasPrefix("tests/") else { return false }
            if executables.contains(path) { return true }
            guard let dot = path.name.lastIndex(of: "."), [".py", ".js"].contains(path.name[dot...]) else {
                return false
            }
            let stem = path.name[..<dot].lowercased()
            return stem.hasPrefix("test") || stem.hasSuffix("test")
        }
    }
}

extension WorkspaceCapsule {
    /// Writes out the working form for a run.
    ///
    /// What is installed must be what the lock says, and nothing of it may wait for an approval: `.verification` and `.denied` where it does
    /// not hold. Source: `docs/running.md`, "What runs".
    package func runnable() throws(AmxError) -> RunnableCapsule {
        let folder = try RunFolder(in: workspace)
        let (digest, files) = try writeOut(to: folder.path)
        try checkInstalled(digest)
        let path = "\(folder.path)/\(Manifest.fileName)"
        guard let bytes = try FileContent.read(path, limit: Limits.standard.manifestBytes) else {
            throw AmxError(
                .failure, "\(id) has no \(Manifest.fileName)", hint: "write one; `amx new` shows what stands in it")
        }
        let manifest = try Manifest.parse(bytes)
        guard manifest.id == id else {
            throw AmxError(
                .verification, "the manifest of \(id) is that of \(manifest.id)",
                hint: "find out who has changed it; `amx verify \(id)` says more")
        }
        return RunnableCapsule(
            manifest: manifest, digest: digest, paths: files.map(\.path), folder: folder,
            executables: Set(files.filter { $0.mode == .executable }.map(\.path)))
    }

    /// The digest of what a run would get now, without writing anything out; it throws what ``runnable()`` would.
    package func runnableDigest() throws(AmxError) -> ContentDigest {
        guard try form() != nil else { throw missing() }
        let digest = try content().digest()
        try checkInstalled(digest)
        return digest
    }

    private func writeOut(to target: String) throws(AmxError) -> (ContentDigest, [(path: TreePath, mode: FileMode)]) {
        if try form() == .packed, let path = packedPath {
            let contents = try ContainerReader(path).extractCapsule(id, to: target, durably: false)
            return (contents.digest, contents.files.map { ($0.path, $0.mode) })
        }
        guard try form() != nil else { throw missing() }
        let tree = try UnpackedTree(for: target)
        let builder = ContentDigest.Builder()
        let files = try content().files
        for file in files {
            let bytes = try bytes(of: file.path)
            let hashes = try StatCache.Hashes(of: bytes)
            try builder.add(
                mode: file.mode, path: file.path, length: UInt64(bytes.count), content: hashes.sha256)
            try tree.add(file.path, mode: file.mode) { sink throws(AmxError) in
                try bytes.span.withUnsafeBytes { (bytes) throws(AmxError) in try sink(bytes) }
            }
        }
        try tree.publish(durably: false)
        return (builder.finish(), files.map { ($0.path, $0.mode) })
    }

    /// Holds what is installed against the lock and the approvals; what is developed here is neither locked nor approved.
    private func checkInstalled(_ digest: ContentDigest) throws(AmxError) {
        guard let lock = try workspace.lock(), let installed = try workspace.installedCapsules(lock)[id] else { return }
        guard installed.locked.digest == digest else {
            throw AmxError(
                .verification, "\(id) is not what \(WorkspaceLock.fileName) says: it has other content",
                hint: "`amx status` and `amx health` say what differs; `amx install` brings what is locked")
        }
        guard try !WaitingApprovals(among: [id: installed], in: workspace).ids.contains(id) else {
            throw AmxError(
                .denied, "\(id) waits for an approval, and nothing of it runs before",
                hint: "`amx install` shows what it asks for")
        }
    }
}
