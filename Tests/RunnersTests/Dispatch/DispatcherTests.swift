import Capsules
import Objects
import Synchronization
import Testing

@testable import Runners

@Suite("Runners: deliveries of events", .onTestThreads) struct DispatcherTests {
    private let clock = ManualClock()
    private let bus: EventBus

    init() { bus = EventBus(clock: clock) }

    private func publish(_ topics: String...) throws {
        for topic in topics { try bus.publish(BusEvent(topic: topic)) }
    }

    // MARK: Who gets what

    @Test func eachInterestThatMatchesGetsAnEvent() throws {
        let dispatcher = Dispatcher(bus)
        let orders = try RecordingReceiver("orders", ["orders.*.made", "orders.v1.made", "refunds.made"])
        let lifecycle = try RecordingReceiver("lifecycle", ["amx.v1.lifecycle.*", "amx.v1.capsules_loaded"])
        dispatcher.register(orders)
        dispatcher.register(lifecycle)
        try publish("orders.v1.made", "orders.made", "orders.v1.eu.made", "refunds.made")
        try bus.publish(.lifecycle("installed", of: orders.id))
        try bus.publish(.capsulesLoaded([orders.id, lifecycle.id]))
        #expect(dispatcher.drain())
        #expect(
            Set(orders.begun) == [
                "orders.v1.made orders.*.made", "orders.v1.made orders.v1.made", "refunds.made refunds.made",
            ])
        #expect(orders.begun.count == 3)
        #expect(
            Set(lifecycle.begun) == [
                "amx.v1.lifecycle.installed amx.v1.lifecycle.*", "amx.v1.capsules_loaded amx.v1.capsules_loaded",
            ])
        dispatcher.stop()
    }

    @Test func onlyWhoIsReadyGetsEvents() throws {
        let dispatcher = Dispatcher(bus)
        let receiver = try RecordingReceiver("a", isReady: false)
        dispatcher.register(receiver)
        try publish("early")
        #expect(dispatcher.drain())
        receiver.isReady = true
        try publish("right")
        #expect(dispatcher.drain())
        receiver.isReady = false
        try publish("late")
        #expect(dispatcher.drain())
        // What came while it was not is not delivered later.
        receiver.isReady = true
        #expect(receiver.begun == ["right *"])
        dispatcher.unregister(receiver.id)
        try publish("gone")
        #expect(dispatcher.drain())
        #expect(receiver.begun == ["right *"])
        dispatcher.stop()
    }

    @Test func aCapsuleGetsEventsInTheirOrder() throws {
        var limits = DispatchLimits()
        (limits.permits, limits.waiting) = (1, 500)
        let dispatcher = Dispatcher(bus, limits: limits)
        let receivers = try (0..<4).map { try RecordingReceiver("c\($0)") }
        for receiver in receivers { dispatcher.register(receiver) }
        let topics = (0..<500).map { "t\($0)" }
        for topic in topics { try publish(topic) }
        #expect(dispatcher.drain())
        for receiver in receivers {
            #expect(receiver.begun == topics.map { "\($0) *" })
            #expect(receiver.most == 1)
        }
        dispatcher.stop()
    }

    // MARK: Who waits

    @Test func theFifthWaitsWhileAnotherCapsuleRuns() throws {
        let dispatcher = Dispatcher(bus)
        let latch = Latch()
        defer { latch.open() }
        let slow = try RecordingReceiver("slow", ["slow"]) { _ in latch.wait() }
        let other = try RecordingReceiver("other", ["other"])
        dispatcher.register(slow)
        dispatcher.register(other)
        for _ in 0..<5 { try publish("slow") }
        slow.wait(begun: 4)
        for count in 1...50 {
            try publish("other")
            other.wait(begun: count)
        }
        #expect((slow.begun.count, slow.ended) == (4, 0))
        #expect(!dispatcher.drain(until: MonotonicClock.nanoseconds()))
        latch.open()
        #expect(dispatcher.drain())
        #expect((slow.begun.count, slow.ended, slow.most) == (5, 5, 4))
        dispatcher.stop()
    }

    /// A handler that does not return holds up neither who publishes nor anybody else; what it misses is told.
    @Test func aPublisherWaitsForNobody() throws {
        let lag = try bus.subscribe("lag", to: [AmxTopic.lagged])
        let dispatcher = Dispatcher(bus)
        let latch = Latch()
        defer { latch.open() }
        let slow = try RecordingReceiver("slow", ["slow"]) { _ in latch.wait() }
        dispatcher.register(slow)
        for _ in 0..<4 { try publish("slow") }
        slow.wait(begun: 4)
        for _ in 0..<300 { try publish("slow") }
        #expect(slow.ended == 0)
        func dropped(_ count: Int64) -> JSONValue { ["dropped": [["capsule": "slow", "events": .integer(count)]]] }
        #expect(lag.next(within: 0)?.data == dropped(1))
        #expect(lag.next(within: 0) == nil)
        clock.advance(seconds: 10)
        try publish("nothing")
        #expect(lag.next(within: 0)?.data == dropped(300 - 256 - 1))
        latch.open()
        #expect(dispatcher.drain())
        #expect((slow.begun.count, slow.most) == (4 + 256, 4))
        dispatcher.stop()
    }

    // MARK: Chains

    /// Two capsules that answer each other's events do so nine times.
    @Test func chainsOfEventsEnd() throws {
        let bus = bus
        let refusals = Mutex<[EventRefusal]>([])
        let dispatcher = Dispatcher(bus)
        let receivers = try [("ping", "pong"), ("pong", "ping")].map { id, answer in
            let source = try CapsuleID(id)
            return try RecordingReceiver(id, [id]) { event in
                do throws(EventRefusal) {
                    try bus.publish(BusEvent(topic: answer, source: source, after: event))
                } catch {
                    refusals.withLock { $0.append(error) }
                }
            }
        }
        for receiver in receivers { dispatcher.register(receiver) }
        try publish("ping")
        #expect(dispatcher.drain())
        #expect(receivers.map(\.begun.count) == [5, 4])
        #expect(refusals.withLock { $0 } == [.tooManyHops("pong", receivers[0].id)])
        dispatcher.stop()
    }
}
