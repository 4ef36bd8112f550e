import CLinux
import Glibc

/// Pieces of work on several threads that wait for the disk together: one `syncfs` in place of an fsync for each file.
///
/// Each piece goes through the steps that it would go through alone, every one durable before the next; only the waits are
/// common. A wait that begins while another is under way is part of the next one, so they grow with the number of threads. What
/// lies on a file system that the group does not know, or whose `syncfs` would not tell of a failed write (see
/// `amx_syncfs_tells_errors`), is synced by itself. A failed wait is final for everything that comes after it: the data that did
/// not reach the disk may be anybody's.
///
/// Source: syncfs(2); its descriptors are open before anything is written, since it tells of the failures after that.
///
/// `@unchecked Sendable`: `state` is touched only with the monitor's mutex held, all else is constant.
package final class SyncGroup: @unchecked Sendable {
    /// The group of the work that runs on this thread.
    @TaskLocal static var current: SyncGroup?
    /// From how many pieces of work on a group is worth it: `syncfs` also waits for what other programs have written.
    package static let leastItems = 8
    private static let threads = 64

    private struct State {
        var running = 0
        var begun = 0
        var ended = 0
        var isSyncing = false
        var failure: AmxError?
    }

    private let descriptors: [dev_t: Int32]
    private let monitor = Monitor()
    private var state = State()

    /// Knows the file systems of some folders; those that are not there don't matter.
    package init(on folders: [String]) {
        var descriptors: [dev_t: Int32] = [:]
        for folder in folders {
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            var status = stat()
            if fstat(descriptor, &status) == 0, descriptors[status.st_dev] == nil,
                amx_syncfs_tells_errors(descriptor) == 1
            {
                descriptors[status.st_dev] = descriptor
            } else {
                close(descriptor)
            }
        }
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors.values { close(descriptor) } }

    /// Does the same with every item, up to `running` at a time not counting those that wait for the disk, and up to
    /// `inFlight` in all; the result has the items' order.
    ///
    /// Few items are worked on one after the other, each with syncs of its own.
    package func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], running: Int = 4, inFlight: Int = SyncGroup.threads,
        _ body: @escaping @Sendable (Item) -> Result
    ) -> [Result] {
        guard items.count >= Self.leastItems else { return items.map(body) }
        return WorkerThreads.map(items, threads: inFlight, share: 1) { item in
            self.perform(running: running) { body(item) }
        }
    }

    /// Does a piece of work as part of the group, once fewer than `running` others are being worked on.
    package func perform<Result>(running: Int, _ body: () -> Result) -> Result {
        monitor.lock()
        while state.running >= running { monitor.wait() }
        state.running += 1
        monitor.unlock()
        defer {
            monitor.lock()
            state.running -= 1
            monitor.wakeAll()
            monitor.unlock()
        }
        return Self.$current.withValue(self) { body() }
    }

    /// Whether what lies on a file system is waited for together.
    func isShared(_ device: dev_t) -> Bool { descriptors[device] != nil }

    /// Waits, together with others, until everything that was written so far is on the disk; false where the file that is
    /// open as `descriptor` must be synced by itself.
    ///
    /// Another piece of work may begin meanwhile. This one goes on afterwards whatever runs then: it may hold locks.
    func wait(for descriptor: Int32, _ path: String) throws(AmxError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, descriptors[status.st_dev] != nil else { return false }
        monitor.lock()
        defer { monitor.unlock() }
        state.running -= 1
        monitor.wakeAll()
        defer { state.running += 1 }
        // One that is under way may have passed this file by.
        let wanted = state.begun + 1
        while state.ended < wanted, state.failure == nil {
            guard !state.isSyncing else {
                monitor.wait()
                continue
            }
            state.isSyncing = true
            state.begun += 1
            monitor.unlock()
            let failure = syncAll(path)
            monitor.lock()
            state.isSyncing = false
            state.ended = state.begun
            if let failure { state.failure = failure }
            monitor.wakeAll()
        }
        if let failure = state.failure { throw failure }
        return true
    }

    private func syncAll(_ path: String) -> AmxError? {
        for descriptor in descriptors.values where amx_syncfs(descriptor) != 0 {
            return AmxError.system("cannot write \(path) and others to the disk")
        }
        return nil
    }
}
