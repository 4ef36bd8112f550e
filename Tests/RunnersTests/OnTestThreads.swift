import TestSupport
import Testing

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
