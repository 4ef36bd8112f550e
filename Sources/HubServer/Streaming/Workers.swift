import NIOPosix
import Synchronization

/// Threads for work that blocks: disk, libgit2, waiting for a client's bytes.
///
/// Nothing of that may run on Swift's own few threads. As many jobs as there are threads are taken, plus a queue of the
/// given length; beyond that a caller is told that the hub is busy instead of waiting without bound.
final class Workers: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    private let taken = Mutex(0)

    /// Starts the threads; they sleep until there is work.
    init(threads: Int, queue: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        limit = threads + queue
        pool.start()
    }

    /// Runs blocking work and returns its result. Throws ``RequestFailure/busy`` when too much is under way.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try take()
        defer { release() }
        return try await pool.runIfActive(body)
    }

    /// Starts blocking work that reports through a pipe. Throws ``RequestFailure/busy`` when too much is under way.
    ///
    /// `cancelled` runs instead of `body` when the threads are being stopped.
    func start(_ body: @escaping @Sendable () -> Void, cancelled: @escaping @Sendable () -> Void) throws {
        try take()
        pool.submit { state in
            if case .active = state { body() } else { cancelled() }
            self.release()
        }
    }

    /// Waits for running jobs and ends the threads.
    func stop() async {
        try? await pool.shutdownGracefully()
    }

    private func take() throws {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        guard isFree else { throw RequestFailure.busy }
    }

    private func release() { taken.withLock { $0 -= 1 } }
}
