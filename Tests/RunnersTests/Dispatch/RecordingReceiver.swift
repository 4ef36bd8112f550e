import Capsules
import Objects
import Runners

/// A capsule that remembers what it was given.
final class RecordingReceiver: EventReceiver {
    private struct State: Sendable {
        var isReady = true
        var begun: [String] = []
        var ended = 0
        var most = 0
    }

    let id: CapsuleID
    let interests: [EventInterest]
    private let handling: @Sendable (BusEvent) -> Void
    private let ending: @Sendable () -> Void
    private let monitor = Monitor(State())

    /// Gives an event to the action that its pattern is called by.
    init(
        _ id: String, _ patterns: [String] = ["*"], isReady: Bool = true,
        handling: @escaping @Sendable (BusEvent) -> Void = { _ in }, ending: @escaping @Sendable () -> Void = {}
    ) throws {
        self.id = try CapsuleID(id)
        interests = patterns.map { EventInterest(pattern: $0, target: .action("on \($0)")) }
        (self.handling, self.ending) = (handling, ending)
        self.isReady = isReady
    }

    deinit { ending() }

    var isReady: Bool {
        get { monitor.withLock { $0.state.isReady } }
        set { monitor.withLock { $0.state.isReady = newValue } }
    }

    /// Topics and patterns of the deliveries that began, in their order.
    var begun: [String] { monitor.withLock { $0.state.begun } }
    /// How many deliveries have ended.
    var ended: Int { monitor.withLock { $0.state.ended } }
    /// The most deliveries that were under way at once.
    var most: Int { monitor.withLock { $0.state.most } }

    /// Waits until so many deliveries have begun.
    func wait(begun count: Int) {
        monitor.withLock { holder in
            while holder.state.begun.count < count { holder.wait() }
        }
    }

    func deliver(_ event: BusEvent, to interest: EventInterest) {
        monitor.withLock { holder in
            holder.state.begun.append("\(event.topic) \(interest.pattern)")
            holder.state.most = max(holder.state.most, holder.state.begun.count - holder.state.ended)
            holder.wakeAll()
        }
        handling(event)
        monitor.withLock { $0.state.ended += 1 }
    }
}
