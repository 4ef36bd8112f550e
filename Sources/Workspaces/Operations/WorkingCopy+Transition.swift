import Capsules
import Glibc
import Objects

extension WorkingCopy {
    /// Throws unless a commit that is to become a working form holds what every door would let in.
    func checkContent(of commit: ObjectID, in repository: Repository) throws(AmxError) {
        try IncomingPolicy(IncomingObjects(repository: repository), of: id, kind: kind).checkContent(of: commit)
        if let files = self as? WorkspaceFiles { try files.checkLines(at: commit, in: repository) }
    }

    /// Brings the working form, the current branch and the base to a commit, or leaves all as it was and throws.
    ///
    /// The caller holds the workspace's lock and has made sure that nothing uncommitted is lost. A capsule without a form
    /// gets the packed one. The steps: new files aside, the note, the form, the references at once, `HEAD`, the note's
    /// removal; each is durable before the next. When `sparing`, files that are not as in `from` any more are left alone.
    func perform(
        _ transition: Transition, in repository: Repository, sparing: Bool = false
    ) throws(AmxError) {
        let carried = try CarriedTransition(transition, of: self, in: repository, sparing: sparing)
        do throws(AmxError) {
            try note(transition.encoded)
            try carried.apply()
        } catch {
            // If that fails too, the note lets a later process bring the change to its end.
            do throws(AmxError) {
                try carried.undo()
                try removeNote()
            } catch {}
            throw error
        }
        try removeNote()
    }

    /// Ends a change that was cut off, leaving files alone that the user has touched since.
    func finish(_ transition: Transition, in repository: Repository) throws(AmxError) {
        if let stash = transition.keeps {
            try repository.refs.commit([RefUpdate(stash, expected: .any, new: transition.from)])
        }
        try formChange(transition, in: repository, sparing: true)?.apply()
        try repository.refs.commit(updates(of: transition, in: repository, isRecovery: true))
        try repository.refs.setHead(transition.branch)
        try removeNote()
    }

    /// The references that a transition moves, all at once.
    func updates(
        of transition: Transition, in repository: Repository, isRecovery: Bool
    ) throws(AmxError) -> [RefUpdate] {
        let tip = transition.base ?? transition.to
        var updates = [RefUpdate(.base, expected: .any, new: tip)]
        if let kept = transition.saves { updates.append(RefUpdate(kept.name, expected: .any, new: kept.id)) }
        if let stash = transition.drops, try hasArrived(transition, in: repository) {
            updates.append(RefUpdate(stash, expected: .any, new: nil))
        }
        guard let expected = transition.advances else { return updates }
        let current = try repository.refs.snapshot()[transition.branch]?.id
        let isExpected = expected == (current.map { .id($0) } ?? .missing)
        // A branch that another tool has moved since stays there: status and commit then say so.
        if current != tip, isExpected || !isRecovery {
            updates.append(RefUpdate(transition.branch, expected: expected, new: tip))
        }
        return updates
    }

    /// Whether every file that changes is now as it was to be: none was left alone.
    private func hasArrived(_ transition: Transition, in repository: Repository) throws(AmxError) -> Bool {
        let target = try repository.files(ofTree: repository.commit(transition.to).tree)
        var source: [FileEntry] = []
        if let from = transition.from { source = try repository.files(ofTree: repository.commit(from).tree) }
        let found = try currentContent()
        let byPath = Dictionary(found.entries.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return Change.between(source, target).allSatisfy { byPath[$0.path] == $0.new }
    }

    /// The content while a note stands, which `content` would wait for.
    private func currentContent() throws(AmxError) -> WorkingContent {
        if try form() == .packed, let packedForm { return try packedForm.content() }
        return try directoryForm.content()
    }

    /// Prepares the change of the form; nil where it is already as it will be.
    func formChange(
        _ transition: Transition, in repository: Repository, sparing: Bool
    ) throws(AmxError) -> (any FormChange)? {
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
        if sparing, isNeeded, form != nil {
            do throws(AmxError) {
                isNeeded = try packedForm.content().entries == source
            } catch {
                // A damaged file that was to be replaced.
                guard transition.from == nil else { throw error }
            }
        }
        guard isNeeded else { return nil }
        return try PathSwap(
            packedForm, to: target, in: repository, temporaryDirectory: workspace.temporaryDirectory)
    }

    // MARK: The note

    var notePath: String { workspace.pendingPath(noteName) }

    func note(_ content: [UInt8]) throws(AmxError) {
        try Directory.createDurably(workspace.pendingDirectory)
        try AtomicFile.write(content, to: notePath)
    }

    func removeNote() throws(AmxError) {
        guard Directory.exists(notePath) else { return }
        try Directory.remove(notePath)
        try Directory.sync(workspace.pendingDirectory)
    }
}
