import Foundation

/// Lets the pushes of one repository change its refs one after the other.
///
/// The store's own lock does the same between processes, by polling; this one keeps the order within the hub without it.
/// Repositories share a fixed number of locks, so that nothing grows.
final class RepositoryLocks: Sendable {
    private let locks = (0..<256).map { _ in NSLock() }

    /// Runs blocking work while no other work of this repository runs.
    func withLock<Result>(_ address: CapsuleAddress, _ body: () throws -> Result) rethrows -> Result {
        let lock = locks[Int(UInt(bitPattern: address.hashValue) % UInt(locks.count))]
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}
