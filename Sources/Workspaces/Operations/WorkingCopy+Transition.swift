import Glibc
import Objects

extension WorkingCopy {
    /// Brings the working form, the current branch and the base to a commit, or leaves all as it was and throws.
    ///
    /// The caller holds the workspace's lock and has made sure that nothing uncommitted is lost. A capsule without a form
    /// gets the packed one. The steps: new files aside, the note, the form, the references at once, `HEAD`, the note's
    /// removal; each is durable before the next.
    func perform(_ transition: Transition, in repository: Repository) throws(AmxError) {
        let change = try formChange(transition, in: repository, sparing: false)
        try note(transition.encoded)
        do throws(AmxError) {
            try change.apply()
            try repository.refs.commit(updates(of: transition, in: repository, isRecovery: false))
        } catch {
            // If that fails too, the note lets a later process bring the change to its end.
            do throws(AmxError) {
                try change.undo()
                try removeNote()
            } catch {}
            throw error
        }
        try repository.refs.setHead(transition.branch)
        try removeNote()
    }

    /// Ends a change that was cut off, leaving files alone that the user has touched since.
    func finish(_ transition: Transition, in repository: Repository) throws(AmxError) {
        try formChange(transition, in: repository, sparing: true).apply()
        try repository.refs.commit(updates(of: transition, in: repository, isRecovery: true))
        try repository.refs.setHead(transition.branch)
        try removeNote()
    }

    private func updates(
        of transition: Transition, in repository: Repository, isRecovery: Bool
    ) throws(AmxError) -> [RefUpdate] {
        var updates = [RefUpdate(.base, expected: .any, new: transition.to)]
        guard let expected = transition.advances else { return updates }
        let current = try repository.refs.snapshot()[transition.branch]?.id
        let isExpected = expected == (current.map { .id($0) } ?? .missing)
        // A branch that another tool has moved since stays there: status and commit then say so.
        if current != transition.to, isExpected || !isRecovery {
            updates.append(RefUpdate(transition.branch, expected: expected, new: transition.to))
        }
        return updates
    }

    private func formChange(
        _ transition: Transition, in repository: Repository, sparing: Bool
    ) throws(AmxError) -> any FormChange {
        let target = try repository.files(ofTree: repository.commit(transition.to).tree)
        var source: [FileEntry]?
        if let from = transition.from { source = try repository.files(ofTree: repository.commit(from).tree) }
        let form = try form()
        if form == .directory {
            return try DirectoryChange(
                directoryForm, from: source ?? [], to: target, in: repository, sparing: sparing)
        }
        var isNeeded = form == nil || source != target
        guard let packedForm else { throw missing() }
        if sparing, isNeeded, form != nil { isNeeded = try packedForm.content().entries == source }
        return try PackedChange(
            packedForm, to: isNeeded ? target : nil, in: repository, temporaryDirectory: workspace.temporaryDirectory)
    }

    // MARK: The note

    var notePath: String { workspace.pendingPath(noteName) }

    func note(_ content: [UInt8]) throws(AmxError) {
        try Directory.createDurably(workspace.pendingDirectory)
        try AtomicFile.write(content, to: notePath)
    }

    func removeNote() throws(AmxError) {
        try Directory.remove(notePath)
        try Directory.sync(workspace.pendingDirectory)
    }
}
