import Glibc
import Synchronization

/// Does blocking work on several threads at once.
package enum WorkerThreads {
    /// Runs `body` on up to `count` threads, the calling one among them, and returns when all have ended.
    ///
    /// Where no further thread can be had, those that there are do all of the work.
    package static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        var threads: [SystemThread] = []
        for _ in 1..<max(1, count) {
            guard let thread = SystemThread(body) else { break }
            threads.append(thread)
        }
        body()
        for thread in threads { thread.wait() }
    }

    /// Runs `body` on a thread of its own, and does not wait for it; false where no thread can be had.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = SystemThread(body) else { return false }
        thread.detach()
        return true
    }

    /// Does the same as ``run(_:_:)`` with every item of a list, on up to `threads` threads that take `share` items at a time; the result
    /// has the items' order.
    package static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], threads: Int, share: Int = 64, _ body: @escaping @Sendable (Item) -> Result
    ) -> [Result] {
        guard items.count > share else { return items.map(body) }
        let results = Shares<Result>()
        run(min(threads, (items.count + share - 1) / share)) {
            while case let start = results.takeStart(share), start < items.count {
                results.put(items[start..<min(start + share, items.count)].map(body), at: start)
            }
        }
        return results.all()
    }

    /// How many threads the system runs at once.
    package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The parts of a list that threads take one after the other, and what came of them.
    private final class Shares<Result: Sendable>: Sendable {
        private let state = Mutex<(next: Int, parts: [Int: [Result]])>((0, [:]))

        func takeStart(_ share: Int) -> Int {
            state.withLock { state in
                defer { state.next += share }
                return state.next
            }
        }

        func put(_ part: [Result], at start: Int) { state.withLock { $0.parts[start] = part } }

        func all() -> [Result] { state.withLock { $0.parts.sorted { $0.key < $1.key }.flatMap(\.value) } }
    }
}
