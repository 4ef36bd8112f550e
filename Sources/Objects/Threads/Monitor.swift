import Glibc

/// A mutex and a condition, for threads that wait until something has changed.
///
/// `@unchecked Sendable`: both are made for use by several threads at once, their addresses never change, and they are freed
/// when no reference is left, so by nobody who waits.
final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    /// Lets go of the mutex until ``wakeAll()``; the caller holds it, and holds it again afterwards.
    func wait() { pthread_cond_wait(condition, mutex) }
    /// Wakes every thread that waits.
    func wakeAll() { pthread_cond_broadcast(condition) }
}
