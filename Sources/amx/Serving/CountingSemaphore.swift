import Objects

/// A few at once do something; others wait until it is their turn.
final class CountingSemaphore: Sendable {
    private let most: Int
    private let monitor = Monitor(0)

    init(most: Int) { self.most = most }

    /// Does something when it is its turn, or soon after it is not waited for any more.
    func take(unless isImpatient: () -> Bool, _ body: () -> Void) {
        monitor.withLock { holder in
            while holder.state >= most, !isImpatient() { holder.wait(nanoseconds: 200_000_000) }
            holder.state += 1
        }
        body()
        monitor.withLock { holder in
            holder.state -= 1
            holder.wakeAll()
        }
    }
}
