import Capsules
import Glibc
import Objects

/// The events of this copy of a workspace that are not in its chain yet: `.aimatrix/journal` (`docs/events.md`, "The journal").
///
/// Any number of processes and threads append, each through an instance of its own, and share syncs. One instance belongs to
/// one thread at a time.
final class Journal {
    /// Waits until a file's content is on the disk; 0 or -1, as fdatasync.
    typealias Sync = (Int32) -> Int32

    let workspace: Workspace
    let writing: BriefLock
    let syncing: BriefLock
    let sync: Sync
    private var file: JournalFile?
    /// Whether the note of the end has been right once while this was there: from then on all who append keep it so.
    private var isNoted = false

    /// Opens the locks; the journal itself need not exist.
    init(_ workspace: Workspace, sync: @escaping Sync = { fdatasync($0) }) throws(AmxError) {
        self.workspace = workspace
        self.sync = sync
        writing = try BriefLock(workspace.journalLockPath)
        syncing = try BriefLock(workspace.journalMarkPath)
    }

    // MARK: Appending

    /// Takes in what others have written so far, so that there is little left to do while they wait.
    func readAhead() throws(AmxError) { if let file, file.isCurrent { try file.readOn() } }

    /// Appends the lines that `make` makes of the journal as it is, which nobody changes meanwhile; they are not durable yet.
    ///
    /// `make` is told the journal's end; its records are only there as far as it reads on.
    func append(_ make: (JournalFile) throws(AmxError) -> [[UInt8]]) throws(AmxError) -> JournalTicket {
        try writing.hold("cannot record what happened") { () throws(AmxError) in
            let file = if let current = try current() { current } else { try begin() }
            let records = try file.append(make(file))
            note(file)
            return JournalTicket(file: file, records: records, end: file.end.offset)
        }
    }

    // MARK: Folding

    /// The journal with all of its records durable; nil when there is none.
    func durable(
        isInChain: (JournalRecord, ReplicaID) throws(AmxError) -> Bool
    ) throws(AmxError) -> JournalFile? {
        let file = try writing.hold("cannot read the journal") { () throws(AmxError) in try current() }
        guard let file else { return nil }
        try file.readOn()
        let ticket = JournalTicket(file: file, records: file.records, end: file.end.offset)
        try wait(for: ticket, isInChain: isInChain)
        return file
    }

    /// Puts a journal in place that goes on after a commit of the chain, with the records that the chain does not have.
    func advance(to base: Int64, commit: ObjectID?) throws(AmxError) {
        try writing.hold("cannot end the journal") { () throws(AmxError) in
            guard let file = try current() else { return }
            try file.readOn()
            let lines = file.records.filter { $0.sequence > base }.map(\.line)
            try replace(by: JournalHeader(replica: file.header.replica, base: base, commit: commit), lines: lines)
        }
    }

    /// Gives this copy of the workspace another id, with a journal of its own; false, and nothing done, while the journal has records.
    func leaveReplica() throws(AmxError) -> Bool {
        try writing.hold("cannot end the journal") { () throws(AmxError) in
            guard try current()?.count ?? 0 == 0 else { return false }
            try begin()
            return true
        }
    }

    /// Does so also while it has records that the chain cannot take, or cannot be read at all: the file is put aside as the replica's.
    func abandonReplica(_ replica: ReplicaID) throws(AmxError) {
        try writing.hold("cannot put the journal aside") { () throws(AmxError) in
            file = nil
            // Before there is another id: cut off here, it is done again for this one.
            if Directory.exists(workspace.journalPath) {
                let found = try? JournalFile.open(workspace.journalPath)
                // What was begun when this was cut off is no loss.
                let isBegun = found?.header.replica != replica && (try? found?.isBlank()) == true
                if !isBegun { try putAside(found?.header.replica ?? replica) }
            }
            try begin()
        }
    }

    // MARK: The file

    /// The journal as it is, for reading: nil when there is none.
    ///
    /// Where it is known how far it is durable, it is read so far; with `writtenToo` also what was written since, unless a sync has failed.
    /// `.verification` when it ends before what is known to be durable.
    static func read(_ workspace: Workspace, writtenToo: Bool = false) throws(AmxError) -> JournalFile? {
        guard let file = try JournalFile.open(workspace.journalPath) else { return nil }
        return try read(workspace, opened: file, writtenToo: writtenToo)
    }

    /// The same with the file that was at the journal's path when it was opened; another one may be there since.
    static func read(
        _ workspace: Workspace, opened: JournalFile, writtenToo: Bool = false
    ) throws(AmxError) -> JournalFile? {
        var file = opened
        var mark = mark(of: workspace)
        // One that was replaced since it was opened has no mark any more: then the one in its place counts.
        for _ in 0..<8 where mark?.generation != file.header.generation && !file.isCurrent {
            guard let next = try JournalFile.open(workspace.journalPath) else { return nil }
            file = next
            mark = Self.mark(of: workspace)
        }
        guard let mark, mark.generation == file.header.generation else {
            try file.readOn()
            return file
        }
        try file.readOn(to: writtenToo && !mark.hasFailed ? .max : mark.durable)
        guard file.end.offset >= mark.durable else { throw cutShort(workspace, at: file.end.offset) }
        return file
    }

    /// How far the journal of a workspace is known to be durable; nil when nothing is known.
    static func mark(of workspace: Workspace) -> JournalMark? { JournalMark.read(workspace.journalMarkPath) }

    /// With the writer's lock: the journal of this replica, with its end and fit to be written to; nil before this copy has an id.
    ///
    /// `.verification` when it has one and the journal is gone, or another copy's is in its place.
    private func current() throws(AmxError) -> JournalFile? {
        if let file, file.isCurrent {
            if let note = JournalNote.read(writing), note.generation == file.header.generation {
                file.skip(to: note.end)
            }
            if try file.goesOn() { try file.readOn() }
        } else {
            // A file in its place that has its number is a copy that somebody has put back.
            let last = file?.header.generation
            file = nil
            file = try own()
            guard let file else { return nil }
            if isNoted, file.header.generation != last, let note = JournalNote.read(writing),
                note.generation == file.header.generation
            {
                file.skip(to: note.end)
                if try file.goesOn() { try file.readOn() }
            } else {
                // Whatever a failure of the machine has left there: from now on it is right.
                try file.readOn()
                note(file)
            }
        }
        guard let file else { return nil }
        guard let mark = try mark(of: file) else {
            // How much of it is on the disk is not known: a new file is, and no failed sync is hidden by trying again.
            try file.readOn()
            return try replace(by: renewed(file), lines: file.records.map(\.line))
        }
        guard file.end.offset >= mark.durable else { throw Self.cutShort(workspace, at: file.end.offset) }
        guard mark.hasFailed else { return file }
        try file.readOn()
        return try replace(by: renewed(file), lines: file.records.filter { $0.end <= mark.durable }.map(\.line))
    }

    /// With the writer's lock: how far a journal is known to be durable; nil when nothing is known.
    private func mark(of file: JournalFile) throws(AmxError) -> JournalMark? {
        func found() -> JournalMark? {
            JournalMark.read(syncing).flatMap { $0.generation == file.header.generation ? $0 : nil }
        }
        if let mark = found() { return mark }
        // Who has just synced may have written half of it: only under that lock it is sure that there is none.
        return try syncing.hold("cannot read the journal", timeout: 60, wakingAll: true, found)
    }

    /// With the writer's lock: the journal of this copy, nil before it has an id. One of another copy, which came with the directory, is
    /// put aside: its own place has it too.
    private func own() throws(AmxError) -> JournalFile? {
        let replica = try workspace.replica()
        var file: JournalFile?
        do throws(AmxError) {
            file = try JournalFile.open(workspace.journalPath)
        } catch {
            guard try workspace.lookForLoss() != nil else { throw error }
        }
        if let file, file.header.replica == replica { return file }
        switch try workspace.lookForLoss() {
        case nil, .both: break
        case let loss?: throw loss.error(in: workspace)
        }
        guard let file, try !file.isBlank() else { return nil }
        try putAside(file.header.replica)
        return nil
    }

    /// With the writer's lock: gives this copy a new id, with a journal of its own.
    ///
    /// The journal comes first: an id without one says that it was lost. Where an id was lost, that is noted before there is another.
    @discardableResult
    private func begin() throws(AmxError) -> JournalFile {
        var lost: ReplicaID?
        if case .both(let replica) = try workspace.lookForLoss() { lost = replica }
        guard let replica = ReplicaID.random() else {
            throw AmxError(.failure, "cannot choose an id for this copy of the workspace")
        }
        let file = try replace(by: JournalHeader(replica: replica, base: 0, commit: nil), lines: [])
        try workspace.note(ReplicaMark(replica, lost: lost))
        try workspace.note(replica)
        return file
    }

    /// With the writer's lock: gives the journal's file the name of a replica, durably; what has that name keeps it.
    private func putAside(_ replica: ReplicaID) throws(AmxError) {
        let name = "\(workspace.journalPath)-\(replica.string)"
        var (place, number) = (name, 1)
        while true {
            do throws(AmxError) {
                try Directory.renameWithoutReplacing(workspace.journalPath, to: place)
                return try Directory.sync(workspace.metadata)
            } catch {
                guard error.code == .conflict else { throw error }
                number += 1
                place = "\(name)-\(number)"
            }
        }
    }

    /// With the writer's lock: tells the others where a journal ends. Where that fails, they see it for themselves.
    private func note(_ file: JournalFile) {
        do throws(AmxError) {
            try JournalNote(generation: file.header.generation, end: file.end).write(writing)
            isNoted = true
        } catch {
            isNoted = false
        }
    }

    private func renewed(_ file: JournalFile) -> JournalHeader {
        JournalHeader(replica: file.header.replica, base: file.header.base, commit: file.header.commit)
    }

    /// With the writer's lock: puts a whole new journal in place, durably.
    @discardableResult
    private func replace(by header: JournalHeader, lines: [[UInt8]]) throws(AmxError) -> JournalFile {
        var end = JournalEnd(header)
        let (bytes, _) = end.encode(lines)
        let durable = end.offset
        try syncing.hold("cannot begin a journal", timeout: 60, wakingAll: true) { () throws(AmxError) in
            try AtomicFile.write(header.encoded + bytes, to: workspace.journalPath)
            try JournalMark(generation: header.generation, durable: durable).write(syncing)
        }
        guard let file = try JournalFile.open(workspace.journalPath) else {
            throw AmxError(.failure, "\(workspace.journalPath) was removed meanwhile", hint: "run the command again")
        }
        try file.readOn()
        note(file)
        self.file = file
        return file
    }

    private static func cutShort(_ workspace: Workspace, at offset: Int) -> AmxError {
        AmxError(
            .verification,
            "the event journal \(workspace.journalPath) is damaged: a record at byte \(offset), which was on the disk, cannot be read",
            hint: JournalFile.damaged(workspace.journalPath))
    }
}

extension Workspace {
    /// The events that are not in the chain yet.
    package var journalPath: String { "\(metadata)/journal" }
    /// The lock of who appends.
    var journalLockPath: String { "\(metadata)/journal.lock" }
    /// How far the journal is durable, and the lock of who syncs it.
    var journalMarkPath: String { "\(metadata)/journal.sync" }
    /// The lock of who writes the chain.
    var journalFoldPath: String { "\(metadata)/journal.fold" }
}
