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
package final class SyncGroup: Sendable {
    /// The group of the work that runs on this thread.
    @TaskLocal static var current: SyncGroup?
    /// From how many pieces of work on a group is worth it: `syncfs` also waits for what other programs have written.
    package static let leastItems = 8
    private static let threads = 64

    private struct State: Sendable {
        var running = 0
        var begun = 0
        var ended = 0
        var isSyncing = false
        var failure: AmxError?
    }

    private let descriptors: [dev_t: Int32]
    private let monitor = Monitor(State())

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
        monitor.withLock { holder in
            while holder.state.running >= running { holder.wait() }
            holder.state.running += 1
        }
        defer {
            monitor.withLock { holder in
                holder.state.running -= 1
                holder.wakeAll()
            }
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
        // One that is under way may have passed this file by.
        let wanted = monitor.withLock { holder in
            holder.state.running -= 1
            holder.wakeAll()
            return holder.state.begun + 1
        }
        defer { monitor.withLock { $0.state.running += 1 } }
        while monitor.withLock({ begins($0, wanted) }) {
            let failure = syncAll(path)
            monitor.withLock { holder in
                holder.state.isSyncing = false
                holder.state.ended = holder.state.begun
                if let failure { holder.state.failure = failure }
                holder.wakeAll()
            }
        }
        if let failure = monitor.withLock({ $0.state.failure }) { throw failure }
        return true
    }

    /// Whether this thread is to sync now, once no other one does; false when the wanted sync has ended, or one has failed.
    private func begins(_ holder: borrowing Monitor<State>.Holder, _ wanted: Int) -> Bool {
        while holder.state.ended < wanted, holder.state.failure == nil {
            guard holder.state.isSyncing else {
                holder.state.isSyncing = true
                holder.state.begun += 1
                return true
            }
            holder.wait()
        }
        return false
    }

    private func syncAll(_ path: String) -> AmxError? {
        for descriptor in descriptors.values where amx_syncfs(descriptor) != 0 {
            return AmxError.system("cannot write \(path) and others to the disk")
        }
        return nil
    }
}
