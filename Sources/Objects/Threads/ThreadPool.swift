/// Threads for jobs that block, made as they are needed, each with a state of its own that stays for its next job.
///
/// The first thread stays until the pool is stopped; each further one ends when it has had nothing to do for a while. Safe for use by several
/// threads.
package final class ThreadPool<State>: Sendable {
    /// Runs on one of the threads, with its state.
    package typealias Job = @Sendable (inout State) -> Void

    private struct Shared: Sendable {
        /// Those that wait, in their order, each with what is called when it is dropped.
        var jobs: [(job: Job, dropped: @Sendable () -> Void)] = []
        var threads = 0
        /// Of these, how many have nothing to do.
        var resting = 0
        /// Threads that take no more jobs, and whose states are not gone yet.
        var leaving = 0
        var isStopped = false
    }

    private let monitor = Monitor(Shared())
    private let most: Int
    private let waiting: Int
    private let patience: Int64
    private let make: @Sendable () -> State
    private let rest: @Sendable (inout State) -> Void

    /// Has no threads yet.
    ///
    /// - Parameters:
    ///   - most: How many threads there are at once.
    ///   - waiting: How many jobs may wait.
    ///   - patience: After how many nanoseconds without a job a thread ends, and the first one calls `rest`.
    ///   - make: Makes a thread's state, on that thread.
    ///   - rest: Looks after the first thread's state while there is nothing to do.
    package init(
        most: Int, waiting: Int, patience: Int64, make: @escaping @Sendable () -> State,
        rest: @escaping @Sendable (inout State) -> Void = { _ in }
    ) {
        (self.most, self.waiting, self.patience) = (max(1, most), waiting, patience)
        (self.make, self.rest) = (make, rest)
    }

    /// Gives a job to a thread; false where too many wait, where the pool is stopped, and where no thread can be had. When the pool is
    /// stopped before the job's turn, `dropped` is called in its place.
    package func submit(_ job: @escaping Job, dropped: @escaping @Sendable () -> Void = {}) -> Bool {
        monitor.withLock { holder in
            let shared = holder.state
            guard !shared.isStopped, shared.jobs.count < waiting + shared.resting else { return false }
            // Those that rest are counted until they wake: each takes one of the jobs that wait.
            if shared.jobs.count >= shared.resting, shared.threads < most {
                if WorkerThreads.start(body) {
                    holder.state.threads += 1
                } else if shared.threads == 0 {
                    return false
                }
            }
            holder.state.jobs.append((job, dropped))
            holder.wakeAll()
            return true
        }
    }

    /// Takes no more jobs, drops those that wait, and returns when those under way have ended and all threads with them; not to be called
    /// by a job.
    package func stop() {
        let dropped = monitor.withLock { holder in
            holder.state.isStopped = true
            let dropped = holder.state.jobs
            holder.state.jobs = []
            holder.wakeAll()
            return dropped
        }
        for job in dropped { job.dropped() }
        monitor.withLock { holder in while holder.state.threads + holder.state.leaving > 0 { holder.wait() } }
    }

    /// How many threads there are.
    package var count: Int { monitor.withLock { $0.state.threads } }

    private var body: @Sendable () -> Void {
        { [self] in
            work()
            monitor.withLock { holder in
                holder.state.leaving -= 1
                holder.wakeAll()
            }
        }
    }

    private func work() {
        var state = make()
        while true {
            switch turn() {
            case .job(let job): job(&state)
            case .rest: rest(&state)
            case .end: return
            }
        }
    }

    private enum Turn {
        case job(Job)
        case rest
        case end
    }

    private func turn() -> Turn {
        monitor.withLock { holder in
            holder.state.resting += 1
            defer { holder.state.resting -= 1 }
            let (moment, isNever) = MonotonicClock.nanoseconds().addingReportingOverflow(patience)
            let deadline = isNever ? Int64.max : moment
            while true {
                if !holder.state.jobs.isEmpty { return .job(holder.state.jobs.removeFirst().job) }
                let left = deadline - MonotonicClock.nanoseconds()
                let isStopped = holder.state.isStopped
                if isStopped || left <= 0 {
                    guard isStopped || holder.state.threads > 1 else { return .rest }
                    holder.state.threads -= 1
                    holder.state.leaving += 1
                    return .end
                }
                holder.wait(nanoseconds: left)
            }
        }
    }
}
