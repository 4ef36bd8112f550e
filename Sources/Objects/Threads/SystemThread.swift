import Glibc

/// A thread of the system for blocking work. Each that was started is waited for by another thread, or let go, once.
package struct SystemThread: Sendable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    private init(_ thread: pthread_t) { self.thread = thread }

    /// Starts a thread; nil where the system has none left.
    package init?(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            return nil
        }
        self.thread = thread
    }

    /// The thread that asks.
    package static var current: SystemThread { SystemThread(pthread_self()) }

    /// Waits until the thread is no more.
    package func wait() { pthread_join(thread, nil) }

    /// Lets nobody wait for it.
    package func detach() { pthread_detach(thread) }
}
