import Objects
import Wire

extension Fetch {
    /// Finishes the fetch that has broken off, if there is one that can be; nil when there is none any more.
    ///
    /// What cannot be gone on with is forgotten. Throws when it has broken off once more.
    func finishEarlier(_ kept: KeptPack?, progress: (TransferProgress) -> Void) throws -> TransferResult? {
        guard let kept, let note = kept.note else { return nil }
        guard let broken = BrokenFetch(note), canFinish(broken), kept.attempt(), let prefix = kept.prefix() else {
            kept.discard()
            return nil
        }
        do {
            return try run(broken.refs, Source(kept: kept, broken: (broken, prefix)), progress: progress)
        } catch let error as AmxError where error.code != .interrupted && !error.isRetryable {
            // Whatever is wrong with it, the fetch from the start will not meet it, or say it.
            kept.discard()
            return nil
        }
    }

    /// Whether the pack of a fetch that has broken off is what this repository lacks.
    private func canFinish(_ broken: BrokenFetch) -> Bool {
        guard let scope = broken.scope(), scope.haves.allSatisfy({ repository.contains($0) }),
            let here = try? repository.refs.snapshot(), let outcomes = try? plan(broken.refs, here, prunes: false)
        else { return false }
        let changes = outcomes.filter { $0.status == .ok }
        let wants = missing(changes.compactMap(\.new))
        return !wants.isEmpty && scope.wants.isSuperset(of: wants)
    }

    /// Takes the start of the pack from what is kept and the rest from the other side.
    func goOn(
        _ broken: BrokenFetch, after prefix: PackPrefix, _ intake: inout PackIntake, _ kept: KeptPack?,
        progress: (TransferProgress) -> Void
    ) throws {
        guard let kept else { throw AmxError.nothingKept }
        let isResumed = try remote.resume(broken.request, after: prefix, progress: progress) { () throws(AmxError) in
            kept.begin(broken.note)
            try intake.receive(kept, progress: progress)
        } sink: { bytes throws(AmxError) in
            try Interruption.check()
            try intake.receive(bytes, progress: progress)
        }
        guard isResumed else { throw AmxError.nothingKept }
    }

    /// What became of a reference in two fetches, one after the other.
    static func join(_ earlier: [RefOutcome], _ later: RefOutcome) -> RefOutcome {
        guard later.status != .rejected,
            let first = earlier.first(where: { $0.ref == later.ref && $0.status == .ok })
        else { return later }
        return RefOutcome(later.ref, old: first.old, new: later.new, isForced: first.isForced || later.isForced)
    }
}

extension AmxError {
    /// What ends the attempt to go on with a pack that the other side does not go on with.
    fileprivate static let nothingKept = AmxError(.conflict, "the pack that was begun cannot be gone on with")

    /// Whether the same request may fare better later.
    fileprivate var isRetryable: Bool { code == .network }
}
