package import Capsules
package import Objects

/// How a capsule's working form stands to its last commit, and its branch to the remote one.
package struct CapsuleStatus: Sendable {
    /// The states of a working form.
    package enum State: String, Sendable {
        case clean
        case modified
        /// Never committed.
        case new
        /// It lies here in both forms, or cannot be read: see `problem`; or a merge has open conflicts: see `merge`.
        case conflict
        /// A merge has no open conflicts, and has not been concluded.
        case merging
        /// It has a repository and no working form.
        case missing
    }

    /// The capsule.
    package let id: CapsuleID
    /// Its form; nil when it is missing or in conflict.
    package let form: Form?
    /// The current branch's short name.
    package let branch: String
    /// The branch's commit.
    package let head: ObjectID?
    /// The commit that the working form was made from; another than the head when a program such as git has moved the branch.
    package let base: ObjectID?
    /// The state.
    package let state: State
    /// What is not committed.
    package let changes: [Change]
    /// The remote branch that ahead and behind are counted against, such as `origin/main`.
    package let upstream: String?
    /// Commits that the remote branch lacks.
    package let ahead: Int
    /// Commits that the remote branch has and this one lacks.
    package let behind: Int
    /// Why the capsule could not be looked at; what could not be found out is then left empty.
    package let problem: AmxError?
    /// The merge that has not ended; nil when there is none.
    package var merge: MergeProgress?

    /// Whether the branch stands elsewhere than where the working form was made from.
    package var hasMovedBranch: Bool { form != nil && head != nil && base != nil && head != base }
}

extension WorkingCopy {
    /// Looks at the capsule, and where that fails says why in the result.
    package func statusOrProblem() -> CapsuleStatus {
        do throws(AmxError) {
            return try status()
        } catch {
            // As much as can be had.
            let repository = try? repository()
            let snapshot = try? repository?.refs.snapshot()
            let branch = snapshot?.head.branch
            return CapsuleStatus(
                id: id, form: (try? form()) ?? nil, branch: branch?.branch ?? Self.defaultBranch,
                head: branch.flatMap { snapshot?[$0]?.id }, base: snapshot?[.base]?.id, state: .conflict, changes: [],
                upstream: nil, ahead: 0, behind: 0, problem: error)
        }
    }

    /// Looks at the capsule; `.notFound` when the workspace doesn't know it.
    package func status() throws(AmxError) -> CapsuleStatus {
        let repository = try repository()
        var position: Position?
        if let repository { position = try self.position(in: repository) }
        let form: Form?
        do throws(AmxError) {
            form = try self.form()
        } catch {
            guard error.code == .conflict else { throw error }
            return try status(.conflict, form: nil, changes: [], position: position, repository: repository)
        }
        guard form != nil else {
            // A first pull that was cut off leaves a repository without a branch.
            guard repository != nil else { throw missing() }
            return try status(.missing, form: nil, changes: [], position: position, repository: repository)
        }
        let content = try content()
        guard let repository, let position, let base = position.base else {
            let changes = Change.between([], content.entries)
            return try status(.new, form: form, changes: changes, position: position, repository: repository)
        }
        let files = try repository.files(ofTree: repository.commit(base).tree)
        let changes = Change.between(files, content.entries)
        if let state = try mergeState(in: position) {
            let open = try openConflicts(of: state)
            var status = try status(
                open.isEmpty ? .merging : .conflict, form: form, changes: changes, position: position,
                repository: repository)
            status.merge = MergeProgress(source: state.source, theirs: state.theirs, conflicts: open)
            return status
        }
        return try status(
            changes.isEmpty ? .clean : .modified, form: form, changes: changes, position: position,
            repository: repository)
    }

    private func status(
        _ state: CapsuleStatus.State, form: Form?, changes: [Change], position: Position?, repository: Repository?
    ) throws(AmxError) -> CapsuleStatus {
        var counts = (upstream: String?.none, ahead: 0, behind: 0)
        if let repository, let position, let head = position.head,
            let (upstream, ref) = try upstream(
                of: position.branchName, in: position.snapshot, tracking: workspace.tracking())
        {
            counts.upstream = upstream.name
            if let there = ref?.id, there != head {
                let walk = CommitWalk(repository)
                counts.ahead = try walk.missing(wants: [head], haves: [there]).found.count
                counts.behind = try walk.missing(wants: [there], haves: [head]).found.count
            }
        }
        return CapsuleStatus(
            id: id, form: form, branch: position?.branchName ?? Self.defaultBranch, head: position?.head,
            base: position?.base, state: state, changes: changes, upstream: counts.upstream, ahead: counts.ahead,
            behind: counts.behind, problem: nil)
    }
}
