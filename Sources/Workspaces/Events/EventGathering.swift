import Glibc
import Objects
import Synchronization

/// The events of an ``AccessLog`` that wait, and the thread that writes them when nobody else does.
final class EventGathering: Sendable {
    private struct Item: Sendable {
        let draft: EventDraft
        let actor: EventActor
        let time: Int64
    }

    private struct State: Sendable {
        var pending: [Item] = []
        var thread: pthread_t?
        var hasEnded = false
        var failure: AmxError?
    }

    /// Whoever writes holds it, so that batches stay in order.
    private let store: Mutex<EventStore>
    private let delay: Int64
    private let now: @Sendable () -> Int64
    private let monitor = Monitor(State())

    init(_ store: sending EventStore, delay: Int64, now: @escaping @Sendable () -> Int64) {
        self.store = Mutex(store)
        (self.delay, self.now) = (delay, now)
    }

    func add(_ draft: EventDraft, by actor: EventActor) throws(AmxError) {
        let isUrgent = monitor.withLock { holder in
            holder.state.pending.append(Item(draft: draft, actor: actor, time: now()))
            if holder.state.pending.count == 1 {
                if holder.state.thread == nil { holder.state.thread = start() }
                holder.wakeAll()
            }
            // Without a thread nobody else would write it in time.
            return holder.state.pending.count >= AccessLog.limit || holder.state.thread == nil
        }
        if isUrgent { return try flush() }
        try flushIfDue()
    }

    func flushIfDue() throws(AmxError) {
        let isDue = monitor.withLock { holder in
            holder.state.failure != nil || (holder.state.pending.first.map { now() - $0.time >= delay } ?? false)
        }
        if isDue { try flush() }
    }

    func flush() throws(AmxError) {
        write()
        let failed = monitor.withLock { holder in
            defer { holder.state.failure = nil }
            return holder.state.failure
        }
        if let failed { throw failed }
    }

    /// Writes what there is, and notes what goes wrong for the next call.
    private func write() {
        store.withLock { store in
            // Taken under the same lock as written.
            var items = monitor.withLock { holder in
                defer { holder.state.pending = [] }
                return holder.state.pending[...]
            }
            while let first = items.first {
                // An append has one actor.
                let run = items.prefix { $0.actor == first.actor }
                items = items[run.endIndex...]
                do throws(AmxError) {
                    try store.append(run.map(\.draft), by: first.actor)
                } catch {
                    monitor.withLock { $0.state.failure = $0.state.failure ?? error }
                }
            }
        }
    }

    func end() {
        let thread = monitor.withLock { holder in
            holder.state.hasEnded = true
            holder.wakeAll()
            return holder.state.thread
        }
        if let thread { pthread_join(thread, nil) }
        write()
    }

    /// Starts the thread that writes what nobody else does; nil where there can be none.
    private func start() -> pthread_t? {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let gathering = Unmanaged<EventGathering>.fromOpaque(context).takeRetainedValue()
                while gathering.monitor.withLock({ gathering.waitsUntilDue($0) }) { gathering.write() }
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return nil
        }
        return thread
    }

    /// Waits until the oldest event is to be written; false when the gathering has ended.
    private func waitsUntilDue(_ holder: borrowing Monitor<State>.Holder) -> Bool {
        while !holder.state.hasEnded {
            guard let oldest = holder.state.pending.first else {
                holder.wait()
                continue
            }
            let left = oldest.time + delay - now()
            guard left > 0 else { return true }
            holder.wait(nanoseconds: left)
        }
        return false
    }
}
