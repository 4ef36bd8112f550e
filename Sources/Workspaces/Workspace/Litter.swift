import Capsules
import Glibc
package import Objects

/// Temporary entries that killed processes have left in a workspace.
///
/// Entries of processes that run are left alone: they are known by the process id in the name, or by a lock.
struct Litter {
    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// Whether there may be any; the caller holds the workspace's lock.
    ///
    /// Every writer has a mark among the temporary files: one that still stands is of a process that was killed. Events are
    /// appended without one, and what that leaves lies in the metadata's folder.
    var isThere: Bool {
        get throws(AmxError) {
            if Directory.isDirectory(workspace.temporaryDirectory),
                try !Directory.names(in: workspace.temporaryDirectory).isEmpty
            {
                return true
            }
            if isAbandoned(in: workspace.bundleCacheDirectory) { return true }
            return try Directory.names(in: workspace.metadata).contains { $0.starts(with: ".tmp-".utf8) }
        }
    }

    private func isAbandoned(in folder: String) -> Bool {
        guard Directory.exists(folder) else { return false }
        let names = (try? Directory.names(in: folder)) ?? []
        return names.contains { Directory.abandonedLabel(String(decoding: $0, as: UTF8.self)) != nil }
    }

    /// Removes them; the caller holds the workspace's lock, and nothing waits to be ended.
    func sweep() throws(AmxError) {
        try remove(in: workspace.metadata, labelled: ".tmp")
        try remove(in: workspace.capsulesDirectory, labelled: ".tmp")
        try remove(in: workspace.mergeDirectory, labelled: ".tmp")
        try sweepStore()
        try remove(in: workspace.statCacheDirectory, labelled: ".tmp")
        try remove(in: "\(workspace.cacheDirectory)/settled", labelled: ".tmp")
        try remove(in: "\(workspace.cacheDirectory)/releases", labelled: ".tmp", ".new")
        try remove(in: workspace.fileCacheDirectory, labelled: ".tmp")
        try remove(in: BatchSigner.folder(of: workspace), labelled: "sign")
        try remove(in: "\(workspace.root)/\(FileSource.keptFolder)", labelled: ".tmp")
        try remove(in: workspace.bundleCacheDirectory, labelled: ".tmp")
        workspace.removeBundleCache()
        for name in try Directory.names(in: workspace.storeDirectory) where name.suffix(4).elementsEqual(".git".utf8) {
            try sweepRepository("\(workspace.storeDirectory)/\(String(decoding: name, as: UTF8.self))")
        }
        if Directory.isDirectory(workspace.filesRepositoryPath) { try sweepRepository(workspace.filesRepositoryPath) }
        guard Directory.isDirectory(workspace.temporaryDirectory) else { return }
        // The marks of writers, and files that only writers make.
        for name in try Directory.names(in: workspace.temporaryDirectory) {
            try Directory.remove("\(workspace.temporaryDirectory)/\(String(decoding: name, as: UTF8.self))")
        }
    }

    /// Removes repositories that were not complete.
    func sweepStore() throws(AmxError) {
        try remove(in: workspace.storeDirectory, labelled: ".new", Workspace.pullLabel)
    }

    private func sweepRepository(_ path: String) throws(AmxError) {
        try remove(in: path, labelled: ".tmp")
        guard Directory.isDirectory("\(path)/objects/pack") else { return }
        try Quarantine.sweep("\(path)/objects")
        try removeRefLocks(path)
    }

    /// Changes references to what they are, which removes the stale locks in the way and no others.
    private func removeRefLocks(_ path: String) throws(AmxError) {
        var names: Set<RefName> = []
        try collectLocks("refs", in: path, into: &names)
        guard !names.isEmpty || Directory.exists("\(path)/packed-refs.lock") else { return }
        let repository = try Repository(opening: path)
        let snapshot = try repository.refs.snapshot()
        if names.isEmpty, let first = snapshot.refs.first?.name { names.insert(first) }
        for name in names {
            let id = snapshot[name]?.id
            // A lock that another tool holds stays.
            try? repository.refs.commit([RefUpdate(name, expected: id.map { .id($0) } ?? .missing, new: id)])
        }
    }

    private func collectLocks(
        _ folder: String, in repository: String, into names: inout Set<RefName>
    ) throws(AmxError) {
        for name in try Directory.names(in: "\(repository)/\(folder)") {
            let child = "\(folder)/\(String(decoding: name, as: UTF8.self))"
            if Directory.isFolder("\(repository)/\(child)") {
                try collectLocks(child, in: repository, into: &names)
            } else if child.hasSuffix(".lock"), let name = RefName(String(child.dropLast(5))) {
                names.insert(name)
            }
        }
    }

    /// Removes entries that `Directory.temporaryName` has named, with one of the labels at the end of their first part.
    private func remove(in folder: String, labelled labels: String...) throws(AmxError) {
        guard Directory.isDirectory(folder) else { return }
        for name in try Directory.names(in: folder) {
            let text = String(decoding: name, as: UTF8.self)
            guard let label = Directory.abandonedLabel(text), labels.contains(where: label.hasSuffix) else { continue }
            try Directory.remove("\(folder)/\(text)")
        }
    }
}

extension Directory {
    /// Removes the entries of a folder that processes which are gone have given a temporary name with exactly this label.
    package static func removeAbandoned(in folder: String, labelled label: String) throws(AmxError) {
        guard isDirectory(folder) else { return }
        for name in try names(in: folder) where name.starts(with: label.utf8) {
            let text = String(decoding: name, as: UTF8.self)
            if abandonedLabel(text) == label { try remove("\(folder)/\(text)") }
        }
    }

    /// The label of a temporary name whose process is gone; nil for any other name.
    fileprivate static func abandonedLabel(_ name: String) -> String? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let process = pid_t(parts[parts.count - 2]), process > 0, kill(process, 0) != 0,
            errno == ESRCH
        else { return nil }
        return parts.dropLast(2).joined(separator: "-")
    }
}

extension Workspace {
    fileprivate static let pullLabel = ".pull"

    /// A new path in the store for a repository that is not complete yet; no other process uses it.
    package func temporaryRepositoryPath() -> String {
        "\(storeDirectory)/\(Directory.temporaryName(Self.pullLabel)).git"
    }

    /// Removes the incomplete repositories of processes that are gone; the caller holds the lock.
    package func removeAbandonedRepositories() throws(AmxError) { try Litter(self).sweepStore() }
}
