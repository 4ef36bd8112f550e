import Objects

/// A transition that this process carries out, and can take back as long as it lives.
///
/// `init` prepares the new files beside the working form: a full disk is met there, with nothing changed. The caller holds the
/// workspace's lock, and has written the note before `apply`.
final class CarriedTransition {
    private let copy: any WorkingCopy
    private let transition: Transition
    private let repository: Repository
    private let change: (any FormChange)?
    /// What brings the references back; empty until they have moved.
    private var back: [RefUpdate] = []
    /// The branch that was current, once another one may be.
    private var formerBranch: RefName?

    /// Prepares; when `sparing`, files that are not as in `from` any more are left alone.
    init(
        _ transition: Transition, of copy: any WorkingCopy, in repository: Repository, sparing: Bool = false
    ) throws(AmxError) {
        (self.copy, self.transition, self.repository) = (copy, transition, repository)
        change = try copy.formChange(transition, in: repository, sparing: sparing)
    }

    /// Changes the form, the references at once, and `HEAD`, each durable before the next. When it throws, `undo` brings all of
    /// it back.
    func apply() throws(AmxError) {
        let before = try repository.refs.snapshot()
        if let stash = transition.keeps {
            try commit([RefUpdate(stash, expected: .missing, new: transition.from)], after: before)
        }
        try change?.apply()
        try commit(copy.updates(of: transition, in: repository, isRecovery: false), after: before)
        guard before.head.branch != transition.branch else { return }
        formerBranch = before.head.branch
        try repository.refs.setHead(transition.branch)
    }

    /// Takes back what `apply` has done, wholly or in part; what is as it was needs no room on the disk.
    func undo() throws(AmxError) {
        if let formerBranch, try repository.refs.head().branch != formerBranch {
            try repository.refs.setHead(formerBranch)
        }
        formerBranch = nil
        try change?.undo()
        let now = try repository.refs.snapshot()
        try repository.refs.commit(back.filter { now[$0.name]?.id != $0.new })
        back = []
    }

    private func commit(_ updates: [RefUpdate], after before: RefSnapshot) throws(AmxError) {
        // Noted first: a failure may come after the references have moved.
        back += updates.map { RefUpdate($0.name, expected: .any, new: before[$0.name]?.id) }
        try repository.refs.commit(updates)
    }
}
