import Objects

/// A thread that looks again and again for what has changed in a workspace, and serves that.
final class WorkspaceWatch: Sendable {
    private struct State: Sendable {
        var isRunning = false
        var isStopped = false
    }

    /// How long it is waited between two looks, in nanoseconds; and how many times as long as a look takes at least.
    private static let (pause, share): (Int64, Int64) = (2_000_000_000, 20)
    private let monitor = Monitor(State())

    /// Starts it; `changed` is called on its thread when the tools are others.
    init(_ served: ServedWorkspace, changed: @escaping @Sendable () -> Void) {
        monitor.withLock { $0.state.isRunning = true }
        let isStarted = WorkerThreads.start { [monitor] in
            // Events are not lost to who is loaded last.
            served.tellOfAll()
            var pause = Self.pause
            while Self.waits(pause, monitor) {
                let start = MonotonicClock.nanoseconds()
                // What cannot be looked at now is looked at the next time.
                if (try? served.refresh()) == true { changed() }
                pause = max(Self.pause, (MonotonicClock.nanoseconds() - start) * Self.share)
            }
        }
        if !isStarted { monitor.withLock { $0.state.isRunning = false } }
    }

    /// Ends it, and returns when nothing is looked at any more.
    func stop() {
        monitor.withLock { holder in
            guard holder.state.isRunning else { return }
            holder.state.isStopped = true
            holder.wakeAll()
            while holder.state.isRunning { holder.wait() }
        }
    }

    /// Waits; false when it was stopped meanwhile.
    private static func waits(_ pause: Int64, _ monitor: Monitor<State>) -> Bool {
        let end = MonotonicClock.nanoseconds() + pause
        return monitor.withLock { holder in
            while !holder.state.isStopped {
                let left = end - MonotonicClock.nanoseconds()
                if left <= 0 { return true }
                holder.wait(nanoseconds: left)
            }
            holder.state.isRunning = false
            holder.wakeAll()
            return false
        }
    }
}
