import Foundation
import Synchronization

/// A few threads for tests, so that Swift's own few, on which most tests run to their end, are no bottleneck.
///
/// A job that does not suspend keeps its thread to its end: as many of them run at once as there are threads.
public final class TestThreads: TaskExecutor {
    /// For tests that wait for other programs.
    public static let shared = TestThreads()
    /// For servers within the tests' process and those who ask them, none of which blocks.
    public static let servers = TestThreads()

    private let condition = NSCondition()
    private let jobs = Mutex<[UnownedJob]>([])

    private init() {
        for _ in 0..<max(2, ProcessInfo.processInfo.activeProcessorCount) {
            Thread.detachNewThread { [self] in
                // Programs inherit the mask, and the threads of Dispatch block the signals that shells wait for.
                var none = sigset_t()
                sigemptyset(&none)
                pthread_sigmask(SIG_SETMASK, &none, nil)
                while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
            }
        }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        jobs.withLock { $0.append(job) }
        condition.signal()
        condition.unlock()
    }

    private func next() -> UnownedJob {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return job }
            condition.wait()
        }
    }
}
