package import Objects

/// Gathers events in memory for at most a second before they go to the journal together: that a capsule was read or called, and that
/// something of a capsule of level SAFE ran (`docs/events.md`, "Gathered events").
///
/// What is younger than a second is lost with the process; everything older is durable. Call ``flush()`` before a process ends, at the end
/// of a service, or after a signal (not in its handler); letting go of the last reference does so too. Safe for use by several threads. A
/// thread of its own waits for the second to pass, from the first event to the end. A process that is forked from this one has the
/// events, but not the thread: it must not use the log.
package final class AccessLog: Sendable {
    /// The longest that an event waits, in nanoseconds.
    static let delay: Int64 = 1_000_000_000
    /// How many events wait before they are written early.
    static let limit = 1000

    private let gathering: EventGathering

    /// Opens a workspace's journal.
    package convenience init(_ workspace: Workspace) throws(AmxError) {
        try self.init(EventStore(workspace), delay: Self.delay, now: MonotonicClock.nanoseconds)
    }

    /// A log over a store that nobody else uses, with a clock of nanoseconds.
    init(_ store: sending EventStore, delay: Int64, now: @escaping @Sendable () -> Int64) {
        gathering = EventGathering(store, delay: delay, now: now)
    }

    deinit { gathering.end() }

    /// Takes an event, which is durable a second from now.
    ///
    /// `.failure` for types other than `accessed` and `executed`, which are never to be lost, and for what no journal could take: then it
    /// is not gathered. Throws also when events of earlier calls could
    /// not be written since the last one: they are gone then.
    package func record(_ draft: EventDraft, by actor: EventActor = .system) throws(AmxError) {
        guard draft.type == .accessed || draft.type == .executed, draft.expected == .any else {
            throw AmxError(
                .failure, "an event of type \(draft.type.name) is not gathered in memory",
                hint: "append it to the event store")
        }
        // What cannot be kept would take with it what is appended at once with it.
        try EventStore.check(draft, by: actor)
        try gathering.add(draft, by: actor)
    }

    /// Writes all that was gathered, durably; throws also what failed since the last call.
    package func flush() throws(AmxError) { try gathering.flush() }

    /// Writes what was gathered if the oldest of it has waited long enough.
    func flushIfDue() throws(AmxError) { try gathering.flushIfDue() }
}
