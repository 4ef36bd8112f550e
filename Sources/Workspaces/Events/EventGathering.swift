import Glibc
import Objects

/// The events of an ``AccessLog`` that wait, and the thread that writes them when nobody else does.
///
/// `@unchecked Sendable`: `pending`, `thread`, `hasEnded` and `failure` are touched only with the monitor's mutex held, the store only with
/// `writing`'s.
final class EventGathering: @unchecked Sendable {
    private struct Item {
        let draft: EventDraft
        let actor: EventActor
        let time: Int64
    }

    private let store: EventStore
    private let writing = Monitor()
    private let delay: Int64
    private let now: @Sendable () -> Int64
    private let monitor = Monitor()
    private var pending: [Item] = []
    private var thread: pthread_t?
    private var hasEnded = false
    private var failure: AmxError?

    init(_ store: EventStore, delay: Int64, now: @escaping @Sendable () -> Int64) {
        (self.store, self.delay, self.now) = (store, delay, now)
    }

    func add(_ draft: EventDraft, by actor: EventActor) throws(AmxError) {
        monitor.lock()
        pending.append(Item(draft: draft, actor: actor, time: now()))
        let isFull = pending.count >= AccessLog.limit
        if pending.count == 1 {
            if thread == nil { start() }
            monitor.wakeAll()
        }
        // Without a thread nobody else would write it in time.
        let isAlone = thread == nil
        monitor.unlock()
        if isFull || isAlone { return try flush() }
        try flushIfDue()
    }

    func flushIfDue() throws(AmxError) {
        monitor.lock()
        let isDue = failure != nil || (pending.first.map { now() - $0.time >= delay } ?? false)
        monitor.unlock()
        if isDue { try flush() }
    }

    func flush() throws(AmxError) {
        write()
        monitor.lock()
        let failed = failure
        failure = nil
        monitor.unlock()
        if let failed { throw failed }
    }

    /// Writes what there is, and notes what goes wrong for the next call.
    private func write() {
        // Taken and written under one lock, so that batches stay in order.
        writing.lock()
        defer { writing.unlock() }
        monitor.lock()
        var items = pending[...]
        pending = []
        monitor.unlock()
        while let first = items.first {
            // An append has one actor.
            let run = items.prefix { $0.actor == first.actor }
            items = items[run.endIndex...]
            do throws(AmxError) {
                try store.append(run.map(\.draft), by: first.actor)
            } catch {
                monitor.lock()
                failure = failure ?? error
                monitor.unlock()
            }
        }
    }

    func end() {
        monitor.lock()
        hasEnded = true
        let thread = thread
        monitor.wakeAll()
        monitor.unlock()
        if let thread { pthread_join(thread, nil) }
        write()
    }

    /// With the mutex: starts the thread that writes what nobody else does.
    private func start() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<EventGathering>.fromOpaque(context).takeRetainedValue().watch()
                return nil
            }, context.toOpaque())
        if code == 0 { self.thread = thread } else { context.release() }
    }

    private func watch() {
        monitor.lock()
        while !hasEnded {
            guard let oldest = pending.first else {
                monitor.wait()
                continue
            }
            let left = oldest.time + delay - now()
            if left > 0 {
                monitor.wait(nanoseconds: left)
            } else {
                monitor.unlock()
                write()
                monitor.lock()
            }
        }
        monitor.unlock()
    }
}
