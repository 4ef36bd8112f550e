/// How much a dispatcher does at once.
package struct DispatchLimits: Hashable, Sendable {
    /// The most deliveries of a capsule at once (row S-104).
    package var permits = 4
    /// The most deliveries of a capsule that wait.
    package var waiting = EventBus.waitingCount
    /// The most bytes of them.
    package var waitingBytes = EventBus.waitingBytes
    /// The most threads, for all capsules together.
    package var threads = 32
    /// How long a thread that has nothing to do stays for the next delivery, in nanoseconds.
    package var idleNanoseconds: Int64 = 10_000_000_000

    package init() {}
}
