import Capsules
import Objects

extension WorkspaceCapsule {
    /// How the working form gets to a release that is in the capsule's repository, wherever that lies; nil when it is there.
    ///
    /// `.conflict` where something would be lost on the way. The current branch goes to the release too.
    func transition(to entry: LockedCapsule, in repository: Repository) throws(AmxError) -> Transition? {
        let isHere = Directory.exists(repositoryPath)
        if isHere { try finishPending() }
        let hasForm = try form() != nil
        guard isHere || !hasForm else {
            throw AmxError(
                .conflict, "\(id) is here and has never been committed",
                hint: "commit it, then it is developed here; or move it elsewhere")
        }
        let position = try position(in: repository)
        try checkNoMerge("move", in: position)
        let head = position.head
        if hasForm, head == entry.commit, position.base == entry.commit { return nil }
        try checkNothingIsLost(changingTo: entry.commit, in: repository, base: position.base)
        if let head, head != entry.commit, try !CommitWalk(repository).isAncestor(head, of: entry.commit) {
            _ = try keep(
                head, of: position.branch, current: nil, as: Self.defaultBranch, in: position, repository)
        }
        return Transition(
            from: hasForm ? position.base : nil, to: entry.commit, branch: position.branch,
            advances: head == entry.commit ? nil : head.map { .id($0) } ?? .missing)
    }
}

extension EventStore {
    /// Whether an event that an operation has noted was appended, durably.
    func has(_ noted: OperationNote.NotedEvent) throws(AmxError) -> Bool {
        guard try state(of: noted.stream).version > noted.after else { return false }
        try sync()
        var query = EventQuery()
        query.capsule = noted.stream.capsule
        query.organization = noted.stream.organization
        query.types = [noted.type]
        let replica = try workspace.replica()
        var found = false
        var reader = EventReader(workspace)
        try reader.read(query) { event throws(AmxError) in
            guard event.replica == replica, event.sequence > noted.after else { return }
            if event.payload == noted.payload { found = true }
        }
        return found
    }
}
