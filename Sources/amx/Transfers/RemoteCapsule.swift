import Capsules
import HubClient
import Objects
import Workspaces

/// How a capsule of a remote, or the workspace there, stands to the workspace here.
struct RemoteCapsule {
    /// What is known here of a branch or release there.
    enum State: String {
        /// Never fetched.
        case new
        /// As it was last fetched.
        case same = "up-to-date"
        /// Moved since it was last fetched.
        case moved
        /// Fetched once, and gone there.
        case gone
        /// A release that is another one here.
        case different
    }

    /// A branch or release.
    struct Line {
        let name: String
        let commit: ObjectID?
        let state: State
    }

    /// The capsule, or the workspace's name.
    let id: CapsuleID
    /// Whether it is the workspace itself.
    let isWorkspace: Bool
    /// Whether it has a repository here.
    let isHere: Bool
    /// The remote's current branch.
    let head: String?
    /// The remote's branches, and those that are gone.
    let branches: [Line]
    /// The remote's releases.
    let releases: [Line]
    /// The branch that is current here, and how it stands to the remote's branch that it follows, as far as that is known.
    let current: (branch: String, ahead: Int, behind: Int)?

    /// Compares; looks at the workspace only.
    init(_ entry: RemoteListing.Entry, of remote: String, in workspace: Workspace) throws(AmxError) {
        id = entry.id
        let files = try workspace.files()
        isWorkspace = entry.id == files.id && !Directory.exists(workspace.repositoryPath(entry.id))
        let copy: any WorkingCopy = isWorkspace ? files : workspace.capsule(id)
        let repository = try copy.repository()
        let here = try repository?.refs.snapshot()
        isHere = repository != nil
        head = entry.refs.head?.branch
        let prefix = "refs/remotes/\(remote)/"
        var branches: [Line] = []
        for ref in entry.refs.branches {
            guard let name = ref.name.branch, let tracking = RefName(remote: remote, branch: name) else { continue }
            let seen = here?[tracking]?.id
            branches.append(
                Line(name: name, commit: ref.id, state: seen == nil ? .new : seen == ref.id ? .same : .moved))
        }
        let present = Set(branches.map(\.name))
        for ref in here?.refs(withPrefix: prefix) ?? [] {
            guard let name = ref.name.suffix(after: prefix), !present.contains(name) else { continue }
            branches.append(Line(name: name, commit: nil, state: .gone))
        }
        self.branches = branches
        releases = entry.refs.tags.compactMap { ref in
            guard let name = ref.name.tag, name.hasPrefix("v"), ref.peeled != nil else { return nil }
            let seen = here?[ref.name]?.id
            return Line(
                name: name, commit: ref.peeled ?? ref.id,
                state: seen == nil ? .new : seen == ref.id ? .same : .different)
        }
        guard let repository, let here, let branch = here.head.branch, let name = branch.branch,
            let head = here[branch]?.id
        else {
            current = nil
            return
        }
        let configured = try workspace.tracking()[copy, name]
        let followed = configured?.remote == remote ? configured?.branch ?? name : name
        guard let there = RefName(branch: followed).flatMap({ entry.refs[$0] }), repository.contains(there) else {
            current = nil
            return
        }
        let walk = CommitWalk(repository)
        current = (
            name, try walk.missing(wants: [head], haves: [there]).found.count,
            try walk.missing(wants: [there], haves: [head]).found.count
        )
    }
}
