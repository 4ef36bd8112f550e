import Capsules
import HubClient
import Objects
import Workspaces

/// A capsule of which `amx.lock` names a commit that the workspace's remote does not have: a clone from there would fail.
struct UnpublishedCapsule {
    private let entry: LockedCapsule
    private let remote: String
    /// Whether a push of the capsule's current branch would bring the commit.
    private let isOnCurrentBranch: Bool

    /// The first such capsule of a commit of the workspace; nil when all that it names can be had.
    ///
    /// What the remote has is what was last seen there, and `pushed`: commits that this command has brought there, or in a
    /// dry run would bring. Capsules that come from elsewhere, or whose commits are not here, are not judged.
    static func first(
        of commit: ObjectID, _ files: WorkspaceFiles, remote: String, pushed: [CapsuleID: [ObjectID]]
    ) throws -> UnpublishedCapsule? {
        guard let lock = try files.lock(at: commit, in: files.existingRepository()) else { return nil }
        for entry in lock.capsules where entry.lane == nil && entry.source == .workspace {
            let capsule = files.workspace.capsule(entry.id)
            // Opened only where its files alone do not tell.
            if let seen = RefSnapshot(unopened: capsule.repositoryPath),
                knownCommits(in: seen, remote, pushed[entry.id]).contains(entry.commit)
            {
                continue
            }
            guard let repository = try capsule.repository(), repository.contains(entry.commit) else { continue }
            let here = try repository.refs.snapshot()
            if case .tag(let name) = entry.line, let tag = RefName(tag: name), here[tag]?.commit == entry.commit {
                continue
            }
            let walk = CommitWalk(repository)
            let isThere = try knownCommits(in: here, remote, pushed[entry.id]).contains {
                try walk.isAncestor(entry.commit, of: $0)
            }
            guard !isThere else { continue }
            let current = try here.head.branch.flatMap { here[$0]?.id }.map {
                try walk.isAncestor(entry.commit, of: $0)
            }
            return UnpublishedCapsule(entry: entry, remote: remote, isOnCurrentBranch: current == true)
        }
        return nil
    }

    private static func knownCommits(
        in here: RefSnapshot, _ remote: String, _ pushed: [ObjectID]?
    ) -> [ObjectID] {
        here.refs(withPrefix: "refs/remotes/\(remote)/").map(\.id) + (pushed ?? [])
    }

    /// Why the workspace cannot be pushed.
    func error(_ name: CapsuleID) -> AmxError {
        let push = "amx push \(remote) \(entry.id)"
        return AmxError(
            .conflict,
            "cannot push the workspace \(name): \(WorkspaceLock.fileName) names commit \(entry.commit.abbreviated) of "
                + "\(entry.id), which \(remote) does not have",
            hint: isOnCurrentBranch
                ? "bring it there with `\(push)`, then push again"
                : "bring it there with `\(push) --all`, or record where \(entry.id) is now with `amx commit`, then push again"
        )
    }
}
