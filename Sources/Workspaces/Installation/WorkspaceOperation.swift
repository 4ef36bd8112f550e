package import Capsules
package import Objects

/// What one operation makes of a workspace: its requirements, its lock, and what is recorded of it.
///
/// The lock says which capsules come, move and go: those whose entries name a release and differ; and those of ``brings``, which are
/// not here as it says already. Entries that name a branch are left alone, whatever they say. A value; `Workspace.perform(_:by:)` carries it out.
package struct WorkspaceOperation: Sendable {
    /// The bytes of `amx.json` that it was planned from; nil for none.
    package let manifestBefore: [UInt8]?
    /// The bytes of `amx.lock` that it was planned from; nil for none.
    package let lockBefore: [UInt8]?
    /// What `amx.json` becomes; nil where it stays.
    package var manifest: WorkspaceManifest?
    /// What `amx.lock` becomes.
    package var lock: WorkspaceLock
    /// Capsules that come out as the lock says though its entry stays: somebody else has written it.
    package var brings: Set<CapsuleID> = []
    /// What is recorded, in this order; `installed`, `updated` and `removed` of what comes, moves and goes are not among them.
    package var events: [EventDraft] = []
    /// What becomes of the approvals.
    package var approvals = ApprovalChange()
    /// What is done to capsules that go to another version, for their events.
    package var steps: [CapsuleID: [UpdateStep]] = [:]
    /// The command.
    package let command: Operation.Command
    /// What was asked for, in the words of the command line.
    package let arguments: [String]
    /// Whether a capsule that moves to a lower version goes back, rather than being updated.
    package var isRollback = false
    /// Whether a capsule that comes was removed before, and is brought back.
    package var isRestoration = false
    /// Whether there is no `amx.lock` afterwards, as there was none before what is taken back.
    private(set) var dropsLock = false
    /// Of an undo, the operation that it takes back.
    package private(set) var undoes: ObjectID?
    /// Configurations that change, before and after.
    package var configurations: [CapsuleID: (before: JSONObject, after: JSONObject)] = [:]
    private let start = ContinuousClock.now

    /// How long it has taken since it was begun to be planned, in milliseconds.
    var duration: Int64 { Int64(start.duration(to: .now) / .milliseconds(1)) }

    /// Plans from what a workspace has now: nothing changes yet. `.verification` where its lock has what `amx.json` does not have so.
    package init(
        _ command: Operation.Command, _ arguments: [String] = [], in workspace: Workspace
    ) throws(AmxError) {
        try self.init(command, arguments, replacing: workspace)
        try workspace.checkLines(of: lock)
    }

    /// The same where both documents are about to be others, which were checked.
    init(
        _ command: Operation.Command, _ arguments: [String], replacing workspace: Workspace
    ) throws(AmxError) {
        (self.command, self.arguments) = (command, arguments)
        let documents = try workspace.documents()
        (manifestBefore, lockBefore) = (documents.manifest, documents.lock)
        lock = try lockBefore.map { (bytes) throws(AmxError) in try WorkspaceLock.parse(bytes) } ?? WorkspaceLock()
    }

    /// Plans to take an operation back, which was the last.
    package init(undoing entry: OperationLog.Entry, in workspace: Workspace) throws(AmxError) {
        try self.init(.undo, [], in: workspace)
        try restore(entry.operation.before, taking: [entry], in: workspace)
    }

    /// Plans to go back to what an operation has left; `later` are those after it, the newest first.
    package init(
        restoring entry: OperationLog.Entry, after later: [OperationLog.Entry],
        in workspace: Workspace
    ) throws(AmxError) {
        try self.init(.undo, ["--to", entry.commit.abbreviated], in: workspace)
        try restore(entry.operation.after, taking: later, in: workspace)
    }

    private mutating func restore(
        _ documents: Operation.Documents, taking entries: [OperationLog.Entry], in workspace: Workspace
    ) throws(AmxError) {
        undoes = entries.first?.commit
        manifest = try documents.manifest.map { (bytes) throws(AmxError) in try WorkspaceManifest.parse(bytes) }
        let now = lock
        lock =
            try documents.lock.map { (bytes) throws(AmxError) in try WorkspaceLock.parse(bytes) } ?? WorkspaceLock()
        // What is developed stays where a merge has brought it, and the lock says so.
        let staying = now.capsules.filter { $0.lane == nil && !$0.isRelease && lock[$0.id]?.isRelease != true }
        if !staying.isEmpty {
            let ids = Set(staying.map(\.id))
            lock = WorkspaceLock(lock.capsules.filter { $0.lane != nil || !ids.contains($0.id) } + staying)
            let declared = try manifestBefore.map { (bytes) throws(AmxError) in try WorkspaceManifest.parse(bytes) }
            for id in declared?.develops ?? [] where ids.contains(id) { manifest?.develop(id) }
            for id in declared?.follows ?? [] where ids.contains(id) { manifest?.follow(id) }
        }
        try lock.checkLines(against: manifest)
        dropsLock = documents.lock == nil
        (isRollback, isRestoration) = (true, true)
        for change in entries.flatMap(\.operation.changes) {
            guard let now = change.configurationAfter, let then = change.configurationBefore else { continue }
            configurations[change.capsule] = (configurations[change.capsule]?.before ?? now, then)
        }
        let organization = try workspace.organization()
        for (id, (now, then)) in configurations.sorted(by: { $0.key < $1.key }) where now != then {
            events.append(Self.configured(id, from: now, to: then, organization))
        }
    }

    /// The event of a configuration's change: the members that differ; null for those that go.
    package static func configured(
        _ id: CapsuleID, from before: JSONObject, to after: JSONObject, _ organization: String
    ) -> EventDraft {
        var payload = JSONObject()
        for member in after.members where before[member.key] != member.value { payload[member.key] = member.value }
        for key in before.keys where after[key] == nil { payload[key] = .null }
        return EventDraft(.configured, in: EventStream(id, of: organization), payload: payload)
    }
}

/// What an operation did.
package struct OperationResult: Sendable {
    /// A capsule that came, moved or went.
    package struct Change: Sendable, Hashable {
        /// The capsule.
        package let id: CapsuleID
        /// What was here; nil for one that has come.
        package let old: LockedCapsule?
        /// What it says now; nil for one that has gone.
        package let new: LockedCapsule?
    }

    /// By capsule.
    package let changes: [Change]
    /// The operation's commit in the log; nil when nothing was to be done.
    package let operation: ObjectID?
    /// Whether there is something that an undo would take back.
    package var changesAnything = false
}
