package import Capsules
package import Objects

/// What going to another branch of a workspace did.
package struct WorkspaceSwitchResult: Sendable {
    /// The workspace's branch.
    package let branch: Branch
    /// The capsules that went elsewhere, with their branches.
    package let capsules: [MovedCapsule]
    /// Capsules of the branch's lock that are not here at all.
    package let absent: [CapsuleID]
    /// Installed capsules that went, since the branch's lock does not name them.
    package var departed: [CapsuleID] = []
}

/// A capsule that was brought to where a lock says.
package struct MovedCapsule: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// Its branch now.
    package let branch: String
    /// Its commit now.
    package let commit: ObjectID
}

extension Workspace {
    /// Makes a branch of the workspace current: its files become the branch's, and each capsule goes where the branch's `amx.lock`
    /// says. Installed capsules that the lock does not name go, as files do that the branch does not have; they wait where removed ones
    /// do, from where another switch brings them back.
    ///
    /// The caller holds the lock. Refused before anything has changed: with `.conflict` where something would be lost (uncommitted
    /// changes of a file or capsule, or commits of a capsule's branch that nothing else names), with `.notFound` where a capsule
    /// that is here lacks the lock's commit, with `.verification` where that commit is not what the lock says, and with the error
    /// of every door for content that none lets in. A capsule that is not here at all stays away.
    ///
    /// Where installed capsules come, move or go, that is an operation by `actor`, recorded with its events; none of what comes counts as
    /// approved. Commits that the current lock names stay reachable in the capsule as `refs/amx/workspace/<branch>`. A process that is killed
    /// meanwhile leaves a note, by which the next command goes on. With `create` the branch is made where the workspace is, and
    /// nothing else changes.
    package func switchFiles(
        to name: String, create: Bool, by actor: EventActor = EventActor()
    ) throws(AmxError) -> WorkspaceSwitchResult {
        let files = try files()
        if create {
            return WorkspaceSwitchResult(
                branch: try files.switchBranch(to: name, create: true), capsules: [], absent: [])
        }
        try files.finishPending()
        let repository = try files.existingRepository()
        let position = try files.position(in: repository)
        let ref = try WorkspaceFiles.branchRef(name)
        let (target, advances) = try files.switchTarget(name, in: position)
        try files.checkContent(of: target, in: repository)
        try files.checkNothingIsLost(changingTo: target, in: repository, base: position.base)
        let lock = try files.lock(at: target, in: repository)
        var current: WorkspaceLock?
        if let head = position.head { current = try files.lock(at: head, in: repository) }

        var moves = CapsuleMoves()
        var absent: [CapsuleID] = []
        for entry in lock?.capsules ?? [] where entry.lane == nil {
            let capsule = capsule(entry.id)
            let hasForm = try capsule.form() != nil
            // As with a file that both branches have alike: it stays as it is, wherever it has gone since.
            if hasForm, current?[entry.id] == entry { continue }
            if !Directory.exists(capsule.repositoryPath), !hasForm, try !canReturn(entry) {
                absent.append(entry.id)
            } else if let step = try capsule.step(
                to: entry, from: current?[entry.id], leaving: position.branchName)
            {
                moves.steps.append(step)
            }
        }
        moves.departures = try departures(from: current, to: lock)
        if advances != nil { try files.followRemote(name, in: position.snapshot) }
        let own = Transition(from: position.base, to: target, branch: ref, advances: advances)
        try perform(moves, then: own, of: files, in: repository, as: .workspaceSwitch, [name], by: actor)
        try layOutFolders()
        return WorkspaceSwitchResult(
            branch: Branch(name: name, commit: target, isCurrent: true),
            capsules: moves.steps.map(\.moved), absent: absent, departed: moves.departures.map(\.entry.id))
    }

    /// Brings capsules, and with `own` the workspace's files, where they are to go, all or none.
    ///
    /// The caller holds the lock. What fails is taken back in this process; what a killed one leaves, the next command finishes. Where
    /// installed capsules come, move or go, it is an operation.
    func perform(
        _ moves: CapsuleMoves, then own: Transition, of files: WorkspaceFiles, in repository: Repository,
        as command: Operation.Command, _ arguments: [String], by actor: EventActor
    ) throws(AmxError) {
        guard !moves.isOperation else {
            let before = try documents()
            return try performOperation(
                moves, then: own, of: files, in: repository, as: command, arguments, before: before, by: actor)
        }
        guard !moves.steps.isEmpty else { return try files.perform(own, in: repository) }
        var carried: [CarriedTransition] = []
        for step in moves.steps { carried.append(try step.carried()) }
        carried.append(try CarriedTransition(own, of: files, in: repository))
        let members = moves.steps.map(\.member) + [(files.noteName, own)]
        do throws(AmxError) {
            try note(TransitionGroup(members))
            for item in carried { try item.apply() }
        } catch {
            // If that fails too, the note lets the next command bring the changes to their end.
            do throws(AmxError) {
                for item in carried.reversed() { try item.undo() }
                try removeGroupNote()
            } catch {}
            throw error
        }
        try removeGroupNote()
    }
}

/// A capsule's part of a workspace's switch.
struct CapsuleStep {
    /// What the lock says that it goes to.
    let entry: LockedCapsule
    let capsule: WorkspaceCapsule
    let repository: Repository
    let transition: Transition
    /// Where its repository waits, if that is not in the store.
    var arrivesFrom: HeldRepository?

    /// The step in a group's note.
    var member: (note: String, transition: Transition) { (capsule.noteName, transition) }

    /// Prepares it.
    func carried() throws(AmxError) -> CarriedTransition {
        try CarriedTransition(transition, of: capsule, in: repository)
    }

    /// What it comes to.
    var moved: MovedCapsule {
        MovedCapsule(id: capsule.id, branch: transition.branch.branch ?? "", commit: transition.to)
    }
}

extension WorkspaceCapsule {
    /// The step that brings a capsule that is here to where a lock says; nil when it is there.
    ///
    /// `.conflict` where something would be lost on the way, `.notFound` when the commit is not here, and the error of every door for
    /// content that may not come in or is not what the lock says. `current` is what the workspace's lock says now,
    /// `workspaceBranch` the branch that it stands on.
    func step(
        to entry: LockedCapsule, from current: LockedCapsule?, leaving workspaceBranch: String
    ) throws(AmxError) -> CapsuleStep? {
        try finishPending()
        let held = try workspace.canReturn(entry) ? workspace.heldPlace(id) : nil
        guard let repository = try held == nil ? repository() : workspace.anyRepository(id) else {
            throw AmxError(
                .conflict, "\(id) is here and has never been committed", hint: "commit it, or move it elsewhere")
        }
        guard repository.contains(entry.commit) else {
            throw AmxError(
                .notFound,
                "\(WorkspaceLock.fileName) names commit \(entry.commit.abbreviated) of \(id), which is not here",
                hint: "`amx fetch \(id)` brings it, if it was pushed")
        }
        let position = try position(in: repository)
        try checkNoMerge("switch", in: position)
        let branch: RefName
        switch entry.line {
        case .branch(let name): branch = try Self.branchRef(name)
        case .tag: branch = position.branch
        }
        let hasForm = try form() != nil
        let head = position.snapshot[branch]?.id
        if hasForm, position.branch == branch, head == entry.commit, position.base == entry.commit { return nil }
        try checkContent(of: entry.commit, in: repository)
        try entry.checkContent(in: repository)
        try checkNothingIsLost(changingTo: entry.commit, in: repository, base: position.base)
        var kept: Transition.SavedRef?
        if let head, head != entry.commit, try !CommitWalk(repository).isAncestor(head, of: entry.commit) {
            kept = try keep(head, of: branch, current: current, as: workspaceBranch, in: position, repository)
        }
        let transition = Transition(
            from: hasForm ? position.base : nil, to: entry.commit, branch: branch,
            advances: head == entry.commit ? nil : head.map { .id($0) } ?? .missing, saves: kept)
        return CapsuleStep(
            entry: entry, capsule: self, repository: repository, transition: transition, arrivesFrom: held)
    }

    /// Makes sure that a branch's commit stays reachable when the branch goes elsewhere.
    func keep(
        _ head: ObjectID, of branch: RefName, current: LockedCapsule?, as workspaceBranch: String,
        in position: Position, _ repository: Repository
    ) throws(AmxError) -> Transition.SavedRef? {
        let walk = CommitWalk(repository)
        for ref in position.snapshot.refs where ref.name != branch && ref.name != .base {
            if try walk.isAncestor(head, of: ref.commit) { return nil }
        }
        if let current, try walk.isAncestor(head, of: current.commit),
            let name = RefName("refs/amx/workspace/\(workspaceBranch)")
        {
            return Transition.SavedRef(name: name, id: current.commit)
        }
        throw AmxError(
            .conflict,
            "\(id): \(branch.branch ?? branch.string) has commits that the workspace has not recorded and no other branch has",
            hint: "record them with `amx commit -m \"...\"`, or name them with `amx branch \(id) NAME`")
    }
}
