package import Capsules
import Glibc
package import Objects
import Versions

/// Makes a bundle of what a workspace's lock names, from what was released; working files are not looked at.
///
/// The caller has held the lock against the requirements. Calls block.
package struct BundleMaker {
    /// What was made.
    package struct Result: Sendable {
        /// The bundle.
        package let bundle: BundleManifest
        /// The file's path.
        package let path: String
        /// Its size in bytes.
        package let size: Int
    }

    private let workspace: Workspace
    private let limits: Limits

    /// Whether pre-releases are taken.
    package var takesPrereleases = false
    /// Who signs it; nil for nobody.
    package var signer: Signer?

    /// Makes bundles of a workspace.
    package init(_ workspace: Workspace, limits: Limits = .standard) {
        (self.workspace, self.limits) = (workspace, limits)
    }

    /// What a workspace's bundle is called, by its own name: dots become hyphens.
    package static func name(for workspace: CapsuleID) -> String {
        String(workspace.string.map { $0 == "." ? "-" : $0 })
    }

    /// Writes a bundle, whole or not at all.
    ///
    /// Throws with ``BundleProblems`` as the cause where the workspace has nothing that a bundle can hold, `.verification` where a
    /// release here is not what the lock says.
    package func make(named name: String, to path: String) throws(AmxError) -> Result {
        let documents = try workspace.documents()
        guard let manifestBytes = documents.manifest, let lockBytes = documents.lock else {
            throw AmxError(
                .verification, "cannot make a bundle: there is no \(WorkspaceLock.fileName) in \(workspace.root)",
                hint: "`amx install` writes it, once something is required")
        }
        let lock = try WorkspaceLock.parse(lockBytes)
        try workspace.checkLines(of: lock)
        try BundleProblems.check(problems(name, lock), "cannot make a bundle")
        let folder = try workspace.makeBundleFolder()
        defer { workspace.removeBundleFolder(folder) }
        var capsules: [BundledCapsule] = []
        var sources: [String: String] = [:]
        for (index, entry) in lock.capsules.enumerated() {
            try Interruption.check()
            let (content, history) = ("\(folder)/\(index).kc", "\(folder)/\(index).pack")
            let capsule = try write(entry, content: content, history: history)
            capsules.append(capsule)
            sources[capsule.content.file] = content
            sources[capsule.history.file] = history
        }
        let bundle = BundleManifest(
            name: name, manifest: BundledFile(WorkspaceManifest.fileName, manifestBytes),
            lock: BundledFile(WorkspaceLock.fileName, lockBytes), capsules: capsules)
        var members: [(BundledFile, BundleArchiveWriter.Source)] = []
        let bytes = bundle.encoded
        members.append((BundledFile(BundleFormat.manifestName, bytes), .bytes(bytes)))
        if let signer {
            let signature = try signer.signature(of: BundleFormat.signedText(bytes), for: .bundle)
            members.append((BundledFile(BundleFormat.signatureName, signature), .bytes(signature)))
        }
        members.append((bundle.manifest, .bytes(manifestBytes)))
        members.append((bundle.lock, .bytes(lockBytes)))
        for file in bundle.capsules.flatMap({ [$0.content, $0.history] }) {
            guard let source = sources[file.file] else { continue }
            members.append((file, .file(source)))
        }
        var writer = BundleArchiveWriter()
        for (file, source) in members {
            guard file.size <= limits.bundleMemberBytes else {
                throw limits.passed(
                    .bundleMemberBytes, "cannot make a bundle: \(file.file) has \(file.size) bytes")
            }
            writer.add(file, source)
        }
        return Result(bundle: bundle, path: path, size: try writer.write(to: path))
    }

    /// What keeps a lock from being bundled.
    private func problems(_ name: String, _ lock: WorkspaceLock) -> [BundleFinding] {
        var findings: [BundleFinding] = []
        if !BundleFormat.isName(name) {
            findings.append(BundleFinding(.name, name, "'\(TreeRules.printable(name.utf8))' is no name for a bundle"))
        }
        if lock.capsules.isEmpty {
            findings.append(BundleFinding(.noCapsules, name, "\(WorkspaceLock.fileName) names no capsule"))
        }
        var files: Set<String> = []
        for entry in lock.capsules {
            let id = entry.id.string
            if case .branch(let branch) = entry.line {
                findings.append(
                    BundleFinding(.notARelease, id, "\(id) is developed here on \(branch), and is no release"))
            } else if entry.lane != nil {
                findings.append(BundleFinding(.duplicate, id, "\(WorkspaceLock.fileName) has \(id) in several lanes"))
            } else if entry.version.isPrerelease, !takesPrereleases {
                findings.append(BundleFinding(.prerelease, id, "\(id) \(entry.version.text) is a pre-release"))
            }
            if !files.insert(BundleFormat.contentPath(entry.id, entry.version)).inserted {
                findings.append(
                    BundleFinding(.duplicate, id, "the file of \(id) \(entry.version.text) has another one's name"))
            }
            if Self.carriesPassword(entry.source.text) {
                findings.append(
                    BundleFinding(.credentials, id, "the source of \(id) in \(WorkspaceLock.fileName) has a password"))
            }
        }
        return findings
    }

    /// Whether an address has a password before its host, or on the web anything that could be a token.
    static func carriesPassword(_ address: String) -> Bool {
        guard let scheme = address.firstRange(of: "://") else { return false }
        let rest = address[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") {
            let isWeb = ["http", "https"].contains(address[..<scheme.lowerBound].lowercased())
            return isWeb || authority[..<at].contains(":")
        }
        // A password may hold a slash; then what stands behind the colon is no port.
        guard rest.contains("@"), let colon = authority.lastIndex(of: ":") else { return false }
        return !authority[colon...].dropFirst().allSatisfy(\.isNumber)
    }

    /// Writes the two files of a release.
    private func write(
        _ entry: LockedCapsule, content contentFile: String, history historyFile: String
    ) throws(AmxError) -> BundledCapsule {
        let release = "\(entry.id) \(entry.version.text)"
        guard let name = RefName(tag: "v\(entry.version.text)"),
            let repository = try workspace.capsule(entry.id).repository(), repository.contains(entry.commit)
        else {
            throw AmxError(
                .verification, "cannot make a bundle: \(release) of \(WorkspaceLock.fileName) is not here",
                hint: "`amx install --frozen` brings it")
        }
        guard let tag = try repository.refs.snapshot()[name], tag.peeled != nil, tag.commit == entry.commit else {
            throw AmxError(
                .verification,
                "cannot make a bundle: \(release) is not commit \(entry.commit.abbreviated), as \(WorkspaceLock.fileName) says",
                hint: "a release never changes: find out who replaced it before you trust either")
        }
        try entry.checkContent(in: repository)
        let files = try repository.files(ofTree: entry.tree)
        let written = try ContainerWriter(limits: limits).write(repository.containerFiles(files), to: contentFile)
        guard written.digest == entry.digest,
            let manifest = written.files.first(where: { $0.path.string == Manifest.fileName })
        else {
            throw AmxError(.verification, "cannot make a bundle: \(release) is not what \(WorkspaceLock.fileName) says")
        }
        let history = try ReleaseHistory(of: tag.id, without: entry.tree, in: repository)
        try AtomicFile.write(to: historyFile) { output throws(AmxError) in
            try WholePackWriter().write(history.objects, of: repository) { bytes throws(AmxError) in
                try output.write(bytes)
            }
        }
        return BundledCapsule(
            entry, tag: tag.id, manifestSHA256: manifest.sha256,
            content: try BundledFile(BundleFormat.contentPath(entry.id, entry.version), reading: contentFile),
            history: try BundledFile(BundleFormat.historyPath(entry.id, entry.version), reading: historyFile))
    }
}

extension BundledFile {
    /// Describes a member whose bytes are a file's.
    fileprivate init(_ name: String, reading path: String) throws(AmxError) {
        let file = try OpenFile(path, O_RDONLY)
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
        defer { buffer.deallocate() }
        var size = 0
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { break }
            size += count
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        self.init(name, size: size, sha256: hasher.finish())
    }
}
