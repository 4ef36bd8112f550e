import Capsules
import Testing

@testable import Runners

/// Whose turn it is, without threads.
@Suite("Runners: turns of deliveries") struct DispatchStateTests {
    private func state(
        permits: Int = 4, waiting: Int = 256, bytes: Int = 1_000, threads: Int = 32, _ receivers: RecordingReceiver...
    ) -> DispatchState {
        var limits = DispatchLimits()
        (limits.permits, limits.waiting, limits.threads) = (permits, waiting, threads)
        limits.waitingBytes = bytes
        var state = DispatchState(limits)
        for receiver in receivers { _ = state.register(receiver, wanting: receiver.interests) }
        return state
    }

    /// All that may begin, as capsules and topics.
    private func begun(_ state: inout DispatchState) -> [String] {
        var all: [String] = []
        while let delivery = state.begin() { all.append("\(delivery.receiver.id) \(delivery.event.topic)") }
        return all
    }

    @Test func theFifthWaitsAndOthersDoNot() throws {
        let (slow, other) = (
            try RecordingReceiver("slow", ["a", "both"]), try RecordingReceiver("other", ["b", "both"])
        )
        var state = state(slow, other)
        for _ in 0..<6 { #expect(state.add(BusEvent(topic: "a")).isEmpty) }
        #expect(state.addThreads() == 4)
        #expect(begun(&state) == Array(repeating: "slow a", count: 4))
        #expect(state.addThreads() == 0)
        #expect(state.add(BusEvent(topic: "both")).isEmpty)
        #expect(state.addThreads() == 1)
        #expect(begun(&state) == ["other both"])
        #expect(state.pending == 8)
        // With each that ends one begins, in the order of the events.
        state.end(slow.id)
        #expect(begun(&state) == ["slow a"])
        state.end(other.id)
        #expect(begun(&state) == [])
        for expected in ["slow a", "slow both"] {
            state.end(slow.id)
            #expect(begun(&state) == [expected])
        }
        for _ in 0..<4 { state.end(slow.id) }
        #expect(state.pending == 0)
        #expect(state.threads == 5)
    }

    @Test func deliveriesBeginInTheOrderOfEventsAndCapsules() throws {
        let (first, second) = (try RecordingReceiver("z", ["*"]), try RecordingReceiver("a", ["*"]))
        var state = state(first, second)
        for topic in ["one", "two", "three"] { _ = state.add(BusEvent(topic: topic)) }
        #expect(begun(&state) == ["z one", "a one", "z two", "a two", "z three", "a three"])
    }

    @Test func threadsAreNoMoreThanTheirLimit() throws {
        let receivers = try (0..<3).map { try RecordingReceiver("c\($0)") }
        var state = state(threads: 5, receivers[0], receivers[1], receivers[2])
        #expect(state.addThreads() == 0)
        for _ in 0..<2 { _ = state.add(BusEvent(topic: "a")) }
        #expect(state.addThreads() == 5)
        #expect(state.addThreads() == 0)
        for _ in 0..<5 { #expect(state.begin() != nil) }
        #expect(state.hasTurns)
        state.end(receivers[0].id)
        #expect(state.addThreads() == 0)
        #expect(state.begin()?.receiver.id == receivers[2].id)
        for receiver in [receivers[0], receivers[1], receivers[1], receivers[2], receivers[2]] {
            state.end(receiver.id)
        }
        #expect(state.pending == 0)
        for left in stride(from: 4, through: 0, by: -1) {
            state.removeThread()
            #expect(state.threads == left)
        }
        // A thread that could not be had is wanted again.
        _ = state.add(BusEvent(topic: "a"))
        #expect(state.addThreads() == 3)
    }

    @Test func theOldestThatWaitsGoes() throws {
        let slow = try RecordingReceiver("slow", ["*", "x", "*"])
        var state = state(permits: 1, waiting: 4, slow)
        for topic in ["a", "b"] { #expect(state.add(BusEvent(topic: topic)).isEmpty) }
        #expect(state.begin()?.event.topic == "a")
        // Three wait, and two come.
        let dropped = state.add(BusEvent(topic: "c"))
        #expect(dropped.map(\.id) == [slow.id] && dropped.map(\.dropped) == [1])
        #expect(state.pending == 5)
        var topics: [String] = []
        for _ in 0..<4 {
            state.end(slow.id)
            if let delivery = state.begin() { topics.append(delivery.event.topic) }
        }
        #expect(topics == ["b", "b", "c", "c"])
        state.end(slow.id)
        #expect(state.pending == 0)
    }

    /// What has a turn may have to go for what is larger.
    @Test func aTurnOfWhatIsGoneIsPassedOver() throws {
        let (slow, other) = (try RecordingReceiver("slow", ["a"]), try RecordingReceiver("other", ["b"]))
        var state = state(bytes: 100, slow, other)
        let data = JSONValue.string(String(repeating: "x", count: 40))
        for _ in 0..<2 { #expect(state.add(BusEvent(topic: "a", data: data)).isEmpty) }
        let large = JSONValue.string(String(repeating: "x", count: 100))
        #expect(state.add(BusEvent(topic: "a", data: large)).map(\.dropped) == [2])
        _ = state.add(BusEvent(topic: "b"))
        #expect(begun(&state) == ["slow a", "other b"])
        #expect(state.pending == 2)
        for id in [slow.id, other.id] { state.end(id) }
        #expect(state.pending == 0)
        for _ in 0..<5 { _ = state.add(BusEvent(topic: "a")) }
        #expect(begun(&state).count == 4)
    }

    @Test func whoIsTakenOutGetsNoMore() throws {
        let (old, new) = (try RecordingReceiver("slow", ["a"]), try RecordingReceiver("slow", ["b"]))
        var state = state(old)
        for _ in 0..<6 { _ = state.add(BusEvent(topic: "a")) }
        for _ in 0..<3 { #expect(state.begin() != nil) }
        _ = state.unregister(old.id)
        #expect(state.pending == 3)
        #expect(begun(&state) == [])
        _ = state.add(BusEvent(topic: "a"))
        #expect(state.pending == 3)
        // What is still under way counts for the one that takes its place.
        _ = state.register(new, wanting: new.interests)
        for _ in 0..<3 { _ = state.add(BusEvent(topic: "b")) }
        #expect(begun(&state) == ["slow b"])
        for _ in 0..<3 { state.end(old.id) }
        #expect(begun(&state) == ["slow b", "slow b"])
        _ = state.unregister(new.id)
        for _ in 0..<3 { state.end(new.id) }
        #expect(state.pending == 0)
        _ = state.unregister(new.id)
        #expect(state.pending == 0)
    }

    @Test func nothingBeginsAfterTheEnd() throws {
        let receiver = try RecordingReceiver("a")
        var state = state(receiver)
        for _ in 0..<6 { _ = state.add(BusEvent(topic: "x")) }
        #expect(state.begin() != nil)
        _ = state.stop()
        #expect(state.pending == 1 && state.begin() == nil && state.isStopped)
        _ = state.register(receiver, wanting: receiver.interests)
        #expect(state.add(BusEvent(topic: "x")).isEmpty)
        state.end(receiver.id)
        #expect(state.pending == 0 && state.begin() == nil && state.addThreads() == 0)
    }

    /// Which of its own events a capsule gets, and which of others'.
    @Test(arguments: [
        ("orders.made", "orders.made", true), ("orders.*", "orders.made", false), ("*.made", "orders.made", false),
        ("*.*", "orders.made", false), ("orders.paid", "orders.made", false),
    ])
    func whoListensToAllDoesNotHearItself(pattern: String, topic: String, isGiven: Bool) throws {
        let (id, other) = (try CapsuleID("shop"), try CapsuleID("bank"))
        let interest = EventInterest(pattern: pattern, target: .action("x"))
        #expect(interest.includes(BusEvent(topic: topic, source: id), for: id) == isGiven)
        let isMatch = TopicPattern.matches(topic, entry: pattern)
        #expect(interest.includes(BusEvent(topic: topic, source: other), for: id) == isMatch)
        #expect(interest.includes(BusEvent(topic: topic), for: id) == isMatch)
    }
}
