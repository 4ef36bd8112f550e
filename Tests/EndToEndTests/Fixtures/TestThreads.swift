import Foundation
import Synchronization
import Testing

/// A few threads for tests that wait for other programs, so that Swift's own few threads stay free for tests of servers.
///
/// A test that does not suspend keeps its thread to its end: as many of them run at once as there are threads.
final class TestThreads: TaskExecutor {
    static let shared = TestThreads()

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

    func enqueue(_ job: consuming ExecutorJob) {
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

/// Runs a suite's tests on ``TestThreads``.
struct OnTestThreads: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(TestThreads.shared) { try await function() }
    }
}

extension Trait where Self == OnTestThreads {
    /// Runs the tests, which block, on threads of their own.
    static var onTestThreads: Self { OnTestThreads() }
}
