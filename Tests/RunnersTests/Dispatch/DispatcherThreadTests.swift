import Capsules
import Glibc
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: threads of deliveries", .onTestThreads) struct DispatcherThreadTests {
    private let bus = EventBus(clock: ManualClock())

    private func publish(_ topic: String) throws { try bus.publish(BusEvent(topic: topic)) }

    @Test func manyPublishAndEachEventIsDeliveredOnce() throws {
        var limits = DispatchLimits()
        (limits.waiting, limits.threads) = (8 * 250, 6)
        let dispatcher = Dispatcher(bus, limits: limits)
        let receivers = try (0..<5).map { try RecordingReceiver("c\($0)", ["t.*"]) }
        for receiver in receivers { dispatcher.register(receiver) }
        let numbers = Atomic(0)
        let most = Atomic(0)
        WorkerThreads.run(8) { [bus] in
            let number = numbers.add(1, ordering: .relaxed).oldValue
            for round in 0..<250 {
                try? bus.publish(BusEvent(topic: "t.\(number * 250 + round)"))
                most.max(dispatcher.threads, ordering: .relaxed)
            }
        }
        #expect(dispatcher.drain())
        let all = Set((0..<2_000).map { "t.\($0) t.*" })
        for receiver in receivers {
            #expect(receiver.begun.count == 2_000 && Set(receiver.begun) == all)
            #expect((1...4).contains(receiver.most))
        }
        #expect((1...6).contains(most.load(ordering: .relaxed)))
        dispatcher.stop()
    }

    /// Capsules that all are slow take no more threads than there may be.
    @Test func threadsAreBounded() throws {
        var limits = DispatchLimits()
        limits.threads = 3
        let dispatcher = Dispatcher(bus, limits: limits)
        let latch = Latch()
        defer { latch.open() }
        let slow = try (0..<2).map { try RecordingReceiver("c\($0)", ["x"]) { _ in latch.wait() } }
        for receiver in slow { dispatcher.register(receiver) }
        for _ in 0..<4 { try publish("x") }
        // Turns are taken in the order of the events.
        slow[0].wait(begun: 2)
        slow[1].wait(begun: 1)
        #expect(dispatcher.threads == 3)
        #expect(slow.map(\.begun.count) == [2, 1])
        latch.open()
        #expect(dispatcher.drain())
        #expect(slow.map(\.ended) == [4, 4])
        dispatcher.stop()
        #expect(dispatcher.threads == 0)
    }

    @Test func threadsGoWhenThereIsNothingToDo() throws {
        var limits = DispatchLimits()
        limits.idleNanoseconds = 0
        let dispatcher = Dispatcher(bus, limits: limits)
        #expect(dispatcher.threads == 0)
        let receiver = try RecordingReceiver("a")
        dispatcher.register(receiver)
        for round in 1...20 {
            for _ in 0..<3 { try publish("x") }
            #expect(dispatcher.drain())
            #expect(receiver.ended == 3 * round)
            #expect(Patience.waits { dispatcher.threads == 0 })
        }
        dispatcher.stop()
    }

    @Test func aThreadStaysForTheNextDelivery() throws {
        let dispatcher = Dispatcher(bus)
        let threads = Mutex<Set<String>>([])
        let receiver = try RecordingReceiver("a") { _ in _ = threads.withLock { $0.insert(Self.thread()) } }
        dispatcher.register(receiver)
        for _ in 0..<20 {
            try publish("x")
            #expect(dispatcher.drain())
        }
        #expect(dispatcher.threads == 1)
        #expect(threads.withLock { $0.count } == 1)
        dispatcher.stop()
    }

    // MARK: The end

    @Test func theEndWaitsForWhatIsUnderWay() throws {
        let dispatcher = Dispatcher(bus)
        let latch = Latch()
        defer { latch.open() }
        let threads = Mutex<[String]>([])
        let slow = try RecordingReceiver("slow") { _ in
            threads.withLock { $0.append(Self.thread()) }
            latch.wait()
        }
        dispatcher.register(slow)
        for _ in 0..<6 { try publish("x") }
        slow.wait(begun: 4)
        let endedAtStop = Atomic(-1)
        let stopping = try #require(
            SystemThread {
                dispatcher.stop()
                endedAtStop.store(slow.ended, ordering: .releasing)
            })
        #expect(Patience.waits { dispatcher.isStopped })
        try publish("y")
        // Nobody else's threads are waited for, and these are still there.
        #expect(dispatcher.threads == 4)
        #expect(endedAtStop.load(ordering: .acquiring) == -1)
        latch.open()
        stopping.wait()
        #expect(endedAtStop.load(ordering: .acquiring) == 4)
        #expect(slow.begun == Array(repeating: "x *", count: 4))
        #expect(dispatcher.threads == 0)
        // The system's own list of threads has none of them.
        let used = threads.withLock { $0 }
        #expect(Set(used).count == 4)
        for thread in used { #expect(Patience.waits { access("/proc/\(thread)", F_OK) != 0 }) }
        try publish("z")
        #expect(dispatcher.drain())
        dispatcher.stop()
        #expect(slow.begun.count == 4)
    }

    @Test func whatIsStoppedIsLetGo() throws {
        weak var kept: Dispatcher?
        do {
            let dispatcher = Dispatcher(bus)
            let receiver = try RecordingReceiver("a")
            dispatcher.register(receiver)
            try publish("x")
            #expect(dispatcher.drain())
            dispatcher.stop()
            kept = dispatcher
        }
        #expect(kept == nil)
    }

    @Test func manyDispatchersComeAndGoUnderLoad() throws {
        let bus = bus
        let isOver = Atomic(false)
        let publishing = try #require(
            SystemThread {
                while !isOver.load(ordering: .relaxed) { try? bus.publish(BusEvent(topic: "x")) }
            })
        for round in 0..<50 {
            let dispatcher = Dispatcher(bus)
            let receiver = try RecordingReceiver("c\(round)")
            dispatcher.register(receiver)
            receiver.wait(begun: 3)
            dispatcher.stop()
            let count = receiver.begun.count
            #expect((receiver.ended, dispatcher.threads) == (count, 0))
            #expect(receiver.begun.count == count)
        }
        isOver.store(true, ordering: .relaxed)
        publishing.wait()
    }

    /// The end of a capsule may use what it was registered with.
    @Test func whatIsLetGoMayCallBack() throws {
        let dispatcher = Dispatcher(bus)
        let ends = Monitor(0)
        let id = try CapsuleID("a")
        func receiver() throws -> RecordingReceiver {
            try RecordingReceiver(
                "a", ["x"],
                ending: { [bus] in
                    try? bus.publish(BusEvent(topic: "x"))
                    dispatcher.unregister(id)
                    ends.withLock { $0.state += 1 }
                })
        }
        dispatcher.register(try receiver())
        dispatcher.register(try receiver())
        dispatcher.unregister(id)
        dispatcher.register(try receiver())
        dispatcher.stop()
        #expect(ends.withLock { $0.state } == 3)
    }

    /// This thread, as the system lists it below `/proc`.
    private static func thread() -> String {
        var name = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/thread-self", &name, name.count)
        return String(decoding: name.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
