import Capsules
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: the bus of events", .onTestThreads) struct EventBusTests {
    private let clock = ManualClock()
    private let bus: EventBus

    init() { bus = EventBus(clock: clock) }

    /// What has come, without waiting.
    private func taken(_ subscription: EventSubscription) -> [BusEvent] {
        var events: [BusEvent] = []
        while let event = subscription.next(within: 0) { events.append(event) }
        return events
    }

    private func publish(_ topics: String...) throws {
        for topic in topics { try bus.publish(BusEvent(topic: topic)) }
    }

    // MARK: Subscriptions

    @Test func eachGetsWhatItWantsInOrder() throws {
        let orders = try bus.subscribe("orders", to: ["orders.*"])
        let both = try bus.subscribe("both", to: ["orders.v1.*", "orders.*", "refunds"])
        let all = try bus.subscribe("all", to: ["*", "*.*"])
        try publish("orders.v1.made", "refunds", "orders.v1.eu.made", "orders")
        #expect(taken(orders).map(\.topic) == ["orders.v1.made", "orders.v1.eu.made"])
        #expect(taken(both).map(\.topic) == ["orders.v1.made", "refunds", "orders.v1.eu.made"])
        #expect(taken(all).map(\.topic) == ["orders.v1.made", "refunds", "orders.v1.eu.made", "orders"])
        #expect(taken(all).isEmpty)
    }

    @Test func whatIsGivenIsWhatWasPublished() throws {
        let all = try bus.subscribe("all", to: ["*"])
        let id = try CapsuleID("shop")
        let event = BusEvent(EmittedEvent(topic: "made", data: ["order": 17]), by: id)
        try bus.publish(event)
        #expect(all.next() == event)
        #expect((event.source, event.hops, event.byteCount) == (id, 0, 4 + 12))
    }

    @Test func whoWaitsIsWokenByAnEventAndByTheEnd() throws {
        let subscription = try bus.subscribe("all", to: ["*"])
        let results = Monitor<[String?]>([])
        let thread = try #require(
            SystemThread {
                for _ in 0..<2 {
                    let topic = subscription.next()?.topic
                    results.withLock { holder in
                        holder.state.append(topic)
                        holder.wakeAll()
                    }
                }
            })
        try publish("first")
        results.withLock { holder in
            while holder.state.isEmpty { holder.wait() }
        }
        subscription.cancel()
        thread.wait()
        #expect(results.withLock { $0.state } == ["first", nil])
        try publish("second")
        #expect(subscription.next() == nil)
    }

    @Test func thereAreAtMostSoManySubscriptions() throws {
        var all = try (0..<EventBus.subscriptionLimit).map { try bus.subscribe("\($0)", to: ["*"]) }
        #expect(all.count == 128)
        #expect(throws: EventRefusal.tooManySubscriptions) { try bus.subscribe("more", to: ["*"]) }
        // One that nobody holds any more is none.
        all.removeLast()
        all.append(try bus.subscribe("more", to: ["*"]))
        all[0].cancel()
        all.append(try bus.subscribe("again", to: ["*"]))
        #expect(throws: EventRefusal.tooManySubscriptions) { try bus.subscribe("more", to: ["*"]) }
        try publish("x")
        #expect(all.map { taken($0).count } == [0] + Array(repeating: 1, count: 128))
    }

    @Test func aPatternThatIsNoneIsRefused() {
        for pattern in ["", "a..b", "a.", "a b", "a.b*"] {
            #expect(throws: EventRefusal.malformedPattern(pattern)) { try bus.subscribe("x", to: ["a", pattern]) }
        }
    }

    // MARK: What is refused

    @Test func whatIsRefusedIsToldToNobody() throws {
        let all = try bus.subscribe("all", to: ["*", "*.*"])
        let id = try CapsuleID("shop")
        let large = JSONValue.string(String(repeating: "x", count: EventBus.dataBytes - 1))
        let refused: [(BusEvent, EventRefusal)] = [
            (BusEvent(topic: ""), .malformedTopic("")), (BusEvent(topic: "a..b"), .malformedTopic("a..b")),
            (BusEvent(topic: "a.*"), .malformedTopic("a.*")),
            (BusEvent(topic: AmxTopic.healthFailed, source: id), .reservedTopic("amx.v1.health.failed", id)),
            (BusEvent(topic: "amx", source: id), .reservedTopic("amx", id)),
            (BusEvent(topic: "a", data: large), .tooLarge("a", bytes: (5 << 20) + 1)),
        ]
        for (event, refusal) in refused { #expect(throws: refusal) { try bus.publish(event) } }
        #expect(taken(all).isEmpty)
        // What is Amx's own it may tell; another name that begins so is anybody's.
        try bus.publish(BusEvent(topic: AmxTopic.healthFailed))
        try bus.publish(BusEvent(topic: "amxish.v1", source: id))
        #expect(taken(all).count == 2)
    }

    @Test func chainsOfEventsEnd() throws {
        var event = BusEvent(topic: "a", source: try CapsuleID("shop"))
        for hops in 0...8 {
            #expect(event.hops == hops)
            try bus.publish(event)
            event = BusEvent(topic: "a", source: event.source, after: event)
        }
        #expect(throws: EventRefusal.tooManyHops("a", event.source)) { try bus.publish(event) }
        #expect(
            "\(EventRefusal.tooManyHops("a", event.source))"
                == "the event 'a' of capsule 'shop' is not published: more than 8 events led to it, one after the other"
        )
    }

    /// Ten megabytes at once, then as many a second; each capsule for itself, and Amx without a limit.
    @Test func aSourcePublishesOnlySoMuch() throws {
        let (shop, bank) = (try CapsuleID("shop"), try CapsuleID("bank"))
        // With the topic exactly 5 MiB.
        let data = JSONValue.string(String(repeating: "x", count: EventBus.dataBytes - 3))
        let event = BusEvent(topic: "a", data: data, source: shop)
        #expect(event.byteCount * 2 == RateMeter.bytesPerSecond)
        let small = BusEvent(topic: "abcd", source: shop)
        for _ in 0..<2 { try bus.publish(event) }
        #expect(throws: EventRefusal.tooFast(shop)) { try bus.publish(small) }
        try bus.publish(BusEvent(topic: "abcd", source: bank))
        for _ in 0..<5 { try bus.publish(BusEvent(topic: "abcd")) }
        // What was refused has not been counted.
        clock.advance(milliseconds: 499)
        #expect(throws: EventRefusal.tooFast(shop)) { try bus.publish(event) }
        clock.advance(milliseconds: 1)
        try bus.publish(event)
        #expect(throws: EventRefusal.tooFast(shop)) { try bus.publish(small) }
        clock.advance(seconds: 3_600)
        for _ in 0..<2 { try bus.publish(event) }
        #expect(throws: EventRefusal.tooFast(shop)) { try bus.publish(small) }
    }

    // MARK: Lag

    @Test func lagIsToldOnceInTenSeconds() throws {
        let lag = try bus.subscribe("lag", to: [AmxTopic.lagged])
        let slow = try bus.subscribe("slow", to: ["a", "b"], capacity: 2)
        let slower = try bus.subscribe("slower", to: ["a"], capacity: 1)
        func told() -> [JSONValue] { taken(lag).map(\.data) }
        func entry(_ name: String, _ count: Int64) -> JSONValue {
            ["subscription": .string(name), "events": .integer(count)]
        }

        try publish("a")
        #expect(told() == [])
        try publish("a")
        #expect(told() == [["dropped": [entry("slower", 1)]]])
        // Nothing is told for ten seconds, whoever it is that lags.
        for _ in 0..<5 {
            try publish("a")
            clock.advance(milliseconds: 1_999)
        }
        #expect(told() == [])
        clock.advance(milliseconds: 5)
        try publish("other")
        #expect(told() == [["dropped": [entry("slow", 5), entry("slower", 5)]]])
        // What nobody missed is not told again.
        clock.advance(seconds: 60)
        try publish("other")
        #expect(told() == [])
        try publish("b")
        #expect(told() == [["dropped": [entry("slow", 1)]]])
        #expect(taken(slow).map(\.topic) == ["a", "b"])
        #expect(taken(slower).map(\.topic) == ["a"])
    }

    /// Who lags in hearing of lag does not cause more of it.
    @Test func lagOfLagEnds() throws {
        let slow = try bus.subscribe("slow", to: ["*", "*.*"], capacity: 1)
        try publish("a", "b")
        #expect(taken(slow).map(\.topic) == [AmxTopic.lagged])
        try publish("c")
        #expect(taken(slow).map(\.topic) == ["c"])
        clock.advance(seconds: 10)
        try publish("d")
        let events = taken(slow)
        #expect(events.map(\.topic) == [AmxTopic.lagged])
        #expect(events.first?.data == ["dropped": [["subscription": "slow", "events": 1]]])
    }

    // MARK: Threads

    @Test func manyPublishAndNothingIsLost() throws {
        let subscriptions = try (0..<4).map { try bus.subscribe("\($0)", to: ["t.*"], capacity: 8 * 500) }
        let numbers = Atomic(0)
        WorkerThreads.run(8) { [bus] in
            let number = numbers.add(1, ordering: .relaxed).oldValue
            for round in 0..<500 { try? bus.publish(BusEvent(topic: "t.\(number)", data: .integer(Int64(round)))) }
        }
        for subscription in subscriptions {
            let events = Dictionary(grouping: taken(subscription), by: \.topic)
            #expect(events.count == 8)
            // What one thread published comes in its order.
            for list in events.values { #expect(list.map(\.data) == (0..<500).map { .integer(Int64($0)) }) }
        }
    }
}
