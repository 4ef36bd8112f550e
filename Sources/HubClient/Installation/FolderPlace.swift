import Capsules
import Objects
import Synchronization
import Workspaces

/// Another workspace, or a folder of bare repositories: releases are read where they lie.
final class FolderPlace: ReleasePlace {
    let address: String
    private let workspace: Workspace
    private var known: [CapsuleID: Result<[Release], AmxError>?] = [:]

    /// Names a folder; `workspace` is the one whose cache remembers what was read.
    init(_ path: String, in workspace: Workspace) {
        address = path
        self.workspace = workspace
    }

    func prefetch(_ ids: [CapsuleID]) {
        let missing = ids.filter { known[$0] == nil }
        guard missing.count > 1 else { return }
        let answers = Mutex<[CapsuleID: Result<[Release], AmxError>?]>([:])
        let next = Atomic(0)
        let read = reader()
        WorkerThreads.run(min(4, missing.count)) {
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < missing.count else { return }
                let answer = read(missing[index])
                answers.withLock { $0[missing[index]] = .some(answer) }
            }
        }
        known.merge(answers.withLock { $0 }) { first, _ in first }
    }

    func releases(of id: CapsuleID) throws -> FoundReleases? {
        if known[id] == nil { known[id] = .some(reader()(id)) }
        guard let answer = known[id] ?? nil else { return nil }
        return FoundReleases(at: address, try answer.get())
    }

    func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent? {
        let path = LocalRemote(id, in: address).path
        return try ReleaseContent(release, of: workspace.capsule(id), in: Repository(opening: path))
    }

    private func reader() -> @Sendable (CapsuleID) -> Result<[Release], AmxError>? {
        let (address, workspace) = (address, workspace)
        return { id in
            let path = LocalRemote(id, in: address).path
            guard Directory.isDirectory(path) else { return nil }
            do throws(AmxError) {
                return .success(
                    try ReleaseReader(id).releases(in: path, table: workspace.releaseTablePath(id, at: path)))
            } catch {
                return .failure(error)
            }
        }
    }
}
