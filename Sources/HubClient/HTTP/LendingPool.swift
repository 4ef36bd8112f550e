import Objects
import Synchronization

/// Lends out what is used by one thread at a time, such as HTTP sessions, to several, and keeps it between uses with the connections that
/// it has open.
final class LendingPool<Item>: Sendable {
    /// An item that nobody uses.
    ///
    /// Unchecked: an item must not be used by two threads at once. It is in the list, which a mutex guards, or with the one
    /// thread that took it from there; the mutex orders what one thread did before what the next one does. libcurl's handles
    /// may move between threads.
    private struct Idle: @unchecked Sendable {
        let item: Item
    }

    private let make: @Sendable () throws -> Item
    private let idle = Mutex<[Idle]>([])

    init(_ make: @escaping @Sendable () throws -> Item) { self.make = make }

    /// Runs `body` with an item of its own: the one that was used last, or a new one.
    func with<Result>(_ body: (Item) throws -> Result) throws -> Result {
        let item = try idle.withLock { $0.popLast() }?.item ?? make()
        defer {
            let returned = Idle(item: item)
            idle.withLock { $0.append(returned) }
        }
        return try body(item)
    }
}
