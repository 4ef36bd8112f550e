import Capsules
import Objects

extension Journal {
    /// Waits until records are on the disk, syncing for everybody who has written before if nobody else does.
    ///
    /// `isInChain` says whether the chain of a replica has exactly this record: for a journal that was replaced in between.
    func wait(
        for ticket: JournalTicket, isInChain: (JournalRecord, ReplicaID) throws(AmxError) -> Bool
    ) throws(AmxError) {
        var begin: Double?
        while true {
            let turn = syncing.turn
            if try isDurable(ticket) { return }
            let isSettled = try syncing.holdIfFree(waking: Self.group(covered: true, at: syncing.turn)) {
                () throws(AmxError) in
                try settle(ticket, isInChain)
                return true
            }
            if isSettled == true { return }
            let now = MonotonicClock.seconds()
            begin = begin ?? now
            guard now - (begin ?? now) < 60 else {
                throw AmxError(
                    .conflict,
                    "it is not known whether it is on the disk: another process holds \(workspace.journalMarkPath)",
                    hint: "wait for it to end and look with `amx events`")
            }
            // Whom the running sync covers is woken by it; one of the others does the next.
            let isCovered = ticket.end <= Int(clamping: syncing.content[3])
            syncing.sleep(since: turn, in: Self.group(covered: isCovered, at: turn))
        }
    }

    /// Those who wait for the sync that runs, or for the one after it.
    private static func group(covered: Bool, at turn: UInt32) -> BriefLock.Group {
        turn.isMultiple(of: 2) == covered ? 0x5555_5555 : 0xAAAA_AAAA
    }

    private func isDurable(_ ticket: JournalTicket) throws(AmxError) -> Bool {
        guard let mark = JournalMark.read(syncing), mark.generation == ticket.file.header.generation else {
            return false
        }
        if mark.durable >= ticket.end { return true }
        if mark.hasFailed { throw notDurable() }
        return false
    }

    /// With the sync's lock: makes the records durable, or finds out what became of them.
    private func settle(
        _ ticket: JournalTicket, _ isInChain: (JournalRecord, ReplicaID) throws(AmxError) -> Bool
    ) throws(AmxError) {
        if try isDurable(ticket) { return }
        let generation = ticket.file.header.generation
        let last = JournalMark.read(syncing).flatMap { $0.generation == generation ? $0 : nil }
        guard last != nil || ticket.file.isCurrent else {
            for record in ticket.records where try !isKept(record, of: ticket.file.header.replica, isInChain) {
                throw notDurable()
            }
            return
        }
        // All that was written before.
        var end = ticket.end
        if let note = JournalNote.read(writing), note.generation == generation { end = max(end, note.end.offset) }
        syncing.hint(UInt64(end))
        var mark = JournalMark(generation: generation, durable: end)
        if sync(ticket.file.descriptor) != 0 {
            let failure = AmxError.system("cannot write \(workspace.journalPath) to the disk")
            // Without a mark of this journal nobody appends to it, so there is one.
            mark = last ?? mark
            mark.hasFailed = true
            try mark.write(syncing)
            throw failure
        }
        // The records are on the disk whether or not that can be noted: where it cannot, whoever comes next syncs once more.
        try? mark.write(syncing)
    }

    /// Whether a record that was written to a journal that is no more stands in what came after it.
    private func isKept(
        _ record: JournalRecord, of replica: ReplicaID,
        _ isInChain: (JournalRecord, ReplicaID) throws(AmxError) -> Bool
    ) throws(AmxError) -> Bool {
        guard let now = try JournalFile.open(workspace.journalPath) else { return false }
        try now.readOn()
        if now.header.replica != replica || record.sequence <= now.header.base { return try isInChain(record, replica) }
        return now.records.contains { $0.sequence == record.sequence && $0.line == record.line }
    }

    private func notDurable() -> AmxError {
        AmxError(
            .failure, "the disk did not take \(workspace.journalPath)",
            hint: "look at the system's log; what was recorded before is safe, this may be missing")
    }
}
