import Glibc

/// A mutex and a condition, for threads that wait until something has changed.
///
/// `@unchecked Sendable`: both are made for use by several threads at once, their addresses never change, and they are freed
/// when no reference is left, so by nobody who waits.
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
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

    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }
    /// Lets go of the mutex until ``wakeAll()``; the caller holds it, and holds it again afterwards.
    package func wait() { pthread_cond_wait(condition, mutex) }
    /// Lets go of the mutex as ``wait()``, but for no longer than that.
    package func wait(nanoseconds: Int64) {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (sum, isTooLong) = (Int64(end.tv_sec) * 1_000_000_000 + Int64(end.tv_nsec))
            .addingReportingOverflow(max(0, nanoseconds))
        guard !isTooLong else { return wait() }
        end.tv_sec = Int(sum / 1_000_000_000)
        end.tv_nsec = Int(sum % 1_000_000_000)
        pthread_cond_timedwait(condition, mutex, &end)
    }
    /// Wakes every thread that waits.
    package func wakeAll() { pthread_cond_broadcast(condition) }
}
