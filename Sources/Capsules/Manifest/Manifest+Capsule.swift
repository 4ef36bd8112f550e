package import Objects

extension Manifest {
    /// Reads the manifest of a capsule and holds it against the capsule: the id must be the capsule's, if that is known, and each file
    /// that it names must be one of `paths`. Patterns that match nothing are among the warnings.
    ///
    /// Every door that a capsule's content comes through asks this: commit, `.kc`, push and fetch.
    package static func parse(
        _ bytes: [UInt8], of capsule: CapsuleID?, with paths: some Collection<TreePath>,
        file: String = Manifest.fileName,
        limits: Limits = .standard
    ) throws(AmxError) -> Manifest {
        let manifest = try parse(bytes, file: file, limits: limits)
        if let capsule, manifest.id != capsule {
            throw AmxError(
                .failure, "\(file) says that its id is \(manifest.id): this is the capsule \(capsule)",
                hint: "make the id and the name of the capsule's directory, file or repository the same")
        }
        guard !paths.contains(where: { $0.string == WorkspaceManifest.fileName }) else {
            throw AmxError(
                .failure,
                "\(manifest.id) has an \(WorkspaceManifest.fileName) at its root: that is what tells a workspace",
                hint: "move the file into a folder of the capsule, or give it another name")
        }
        let found = manifest.checkFiles(against: paths, text: bytes, file: file)
        guard found.allSatisfy({ $0.severity == .warning }) else {
            throw ManifestProblems(diagnostics: found).error(in: file)
        }
        return manifest.adding(warnings: found)
    }
}
