import Glibc

/// State that several threads share, with a mutex around it and a condition to wait for its changes.
///
/// `@unchecked Sendable`: `state` is reached only through ``Holder``, which exists only while its thread holds the mutex. Mutex and
/// condition are made for use by several threads at once, their addresses never change, and they are freed when no reference
/// is left, so by nobody who waits.
package final class Monitor<State: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// What the thread that holds the mutex can do.
    package struct Holder: ~Copyable {
        fileprivate let monitor: Monitor

        /// What is shared. After a wait it may be another.
        package var state: State {
            get { monitor.state }
            nonmutating _modify { yield &monitor.state }
        }

        /// Lets go of the mutex until ``wakeAll()``, and holds it again when it returns, which may be without cause.
        package func wait() { pthread_cond_wait(monitor.condition, monitor.mutex) }

        /// Lets go of the mutex as ``wait()``, but for no longer than that.
        package func wait(nanoseconds: Int64) {
            var end = timespec()
            clock_gettime(CLOCK_MONOTONIC, &end)
            let (sum, isTooLong) = (Int64(end.tv_sec) * 1_000_000_000 + Int64(end.tv_nsec))
                .addingReportingOverflow(max(0, nanoseconds))
            guard !isTooLong else { return wait() }
            end.tv_sec = Int(sum / 1_000_000_000)
            end.tv_nsec = Int(sum % 1_000_000_000)
            pthread_cond_timedwait(monitor.condition, monitor.mutex, &end)
        }

        /// Wakes every thread that waits.
        package func wakeAll() { pthread_cond_broadcast(monitor.condition) }
    }

    /// Does something while no other thread does; `body` must not call this for the same monitor.
    ///
    /// Never inlined: the optimiser of Swift 6.3.1 crashes on that where `body` is of a `defer`.
    @inline(never)
    package func withLock<Result, Failure: Error>(
        _ body: (borrowing Holder) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(Holder(monitor: self))
    }
}
