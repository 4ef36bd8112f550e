import Capsules
import Glibc
import Objects

/// Remembers, by metadata alone, that a workspace has everything that it requires: `.aimatrix/cache/installed`.
///
/// It covers the bytes of `amx.json`, `amx.lock` and the configuration, the metadata of the approvals, the folders of capsules and repositories, of each installed
/// capsule what ``StatusFingerprint`` covers, and of each other one its manifest. Derived: it can be deleted at will, and one that
/// is damaged says nothing.
package struct SettledInstallation {
    private static let mark = Array("amx installed 2\n".utf8)
    private static let byteLimit = 64 << 20

    private let workspace: Workspace
    private var path: String { "\(workspace.cacheDirectory)/installed" }

    /// Names the memory of a workspace.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// Whether nothing has changed since all was found to be there.
    package func holds() -> Bool {
        guard let bytes = try? FileContent.read(path, limit: Self.byteLimit), let key = key(),
            bytes.starts(with: Self.mark + key.bytes)
        else { return false }
        let digestStart = Self.mark.count + SHA256Digest.byteCount
        let pathsStart = digestStart + SHA256Digest.byteCount
        guard bytes.count > pathsStart, let split = bytes[pathsStart...].firstIndex(of: 0x0A),
            let found = Self.digest(Array(bytes[pathsStart..<split]), Array(bytes[(split + 1)...]), in: workspace)
        else { return false }
        return bytes[digestStart..<pathsStart].elementsEqual(found.bytes)
    }

    /// Remembers that all is there, as far as metadata can tell whether that changes; `moment` is before it was looked at.
    ///
    /// A failure is none: the next look takes longer.
    func remember(since moment: StatMoment, installed: Set<CapsuleID>, developed: [CapsuleID]) {
        guard let key = key() else { return }
        var (repositories, forms) = (Array(".".utf8) + [0], Array(".".utf8) + [0])
        for id in installed.sorted() {
            guard let print = StatusFingerprint(workspace.capsule(id), at: moment) else { return }
            repositories += print.repositoryPaths
            forms += print.formPaths
        }
        for id in developed {
            let name = Directory.isDirectory(workspace.directoryPath(id)) ? "\(id)/\(Manifest.fileName)" : "\(id).kc"
            guard Self.isQuiet("\(workspace.capsulesDirectory)/\(name)", at: moment) else { return }
            forms += Array(name.utf8) + [0]
        }
        guard !repositories.contains(0x0A), !forms.contains(0x0A),
            [workspace.storeDirectory, workspace.capsulesDirectory].allSatisfy({ Self.isQuiet($0, at: moment) }),
            let digest = Self.digest(repositories, forms, in: workspace)
        else { return }
        try? Directory.create(workspace.cacheDirectory)
        try? AtomicFile.write(Self.mark + key.bytes + digest.bytes + repositories + [0x0A] + forms, to: path)
    }

    /// A hash of the files whose content counts; nil when one cannot be read.
    private func key() -> SHA256Digest? {
        guard let hasher = workspace.choiceInputs() else { return nil }
        var status = stat()
        if lstat(workspace.approvalsPath, &status) == 0 { StatCache.Stamp(status).add(to: hasher) }
        return hasher.finish()
    }

    private static func isQuiet(_ path: String, at moment: StatMoment) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && moment.isLater(than: StatCache.Stamp(status))
    }

    private static func digest(
        _ repositories: [UInt8], _ forms: [UInt8], in workspace: Workspace
    ) -> SHA256Digest? {
        guard let store = try? OpenFile(workspace.storeDirectory, O_RDONLY | O_DIRECTORY),
            let capsules = try? OpenFile(workspace.capsulesDirectory, O_RDONLY | O_DIRECTORY)
        else { return nil }
        return repositories.withUnsafeBytes { repositories in
            forms.withUnsafeBytes { forms in
                StatusFingerprint.digest(
                    repositoryPaths: repositories, formPaths: forms, store: store.descriptor,
                    capsules: capsules.descriptor)
            }
        }
    }
}

extension InstallationPlanner {
    /// Remembers that a plan of what is stored was empty; `moment` is before it was made.
    package func rememberSettled(_ plan: InstallationPlan, since moment: SettledMoment) {
        let installed = plan.lock.capsules.filter { entry in
            guard entry.lane == nil, case .tag = entry.line else { return false }
            return true
        }
        SettledInstallation(workspace).remember(
            since: moment.moment, installed: Set(installed.map(\.id)), developed: developedIDs.sorted())
    }
}

/// A moment before something was looked at.
package struct SettledMoment: Sendable {
    let moment = StatMoment.now

    /// Now.
    package init() {}
}
