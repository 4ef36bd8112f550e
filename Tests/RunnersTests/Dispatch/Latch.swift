import Objects

/// A door that threads wait at until it is opened.
final class Latch: Sendable {
    private let monitor = Monitor(false)

    func wait() {
        monitor.withLock { holder in
            while !holder.state { holder.wait() }
        }
    }

    func open() {
        monitor.withLock { holder in
            holder.state = true
            holder.wakeAll()
        }
    }
}
