import Objects
import Synchronization
import Testing

@Suite struct MonitorTests {
    @Test func oneThreadAtATimeChangesTheState() {
        let monitor = Monitor(0)
        WorkerThreads.run(4) { for _ in 0..<1_000 { monitor.withLock { $0.state += 1 } } }
        #expect(monitor.withLock { $0.state } == 4_000)
    }

    @Test func whatIsThrownLetsGoOfTheMutex() {
        let monitor = Monitor("")
        #expect(throws: AmxError.self) {
            try monitor.withLock { holder throws(AmxError) in
                holder.state = "changed"
                throw AmxError(.failure, "it went wrong")
            }
        }
        #expect(monitor.withLock { $0.state } == "changed")
    }

    /// The two threads take turns; with the longest time, or one that is longer than there is, as without any.
    @Test(arguments: [nil, 600_000_000_000, Int64.max] as [Int64?])
    func whoWaitsIsWoken(_ nanoseconds: Int64?) {
        let monitor = Monitor(0)
        let names = Atomic(0)
        WorkerThreads.run(2) {
            let own = names.add(1, ordering: .relaxed).oldValue
            for round in 0..<100 {
                monitor.withLock { holder in
                    while holder.state != 2 * round + own {
                        if let nanoseconds { holder.wait(nanoseconds: nanoseconds) } else { holder.wait() }
                    }
                    holder.state += 1
                    holder.wakeAll()
                }
            }
        }
        #expect(monitor.withLock { $0.state } == 200)
    }

    @Test func aWaitEndsWhenItsTimeIsUp() {
        let monitor = Monitor(0)
        let end = MonotonicClock.nanoseconds() + 30_000_000
        var waits = 0
        monitor.withLock { holder in
            while case let left = end - MonotonicClock.nanoseconds(), left > 0 {
                holder.wait(nanoseconds: left)
                waits += 1
            }
            // There is no time before now.
            for passed in [0, -1, Int64.min] { holder.wait(nanoseconds: passed) }
        }
        // One may end without cause, but not each.
        #expect(waits < 10)
    }

    /// While one waits, another one may change the state.
    @Test func aWaitForATimeLetsGoOfTheMutex() {
        let monitor = Monitor((isWaiting: false, rounds: 0))
        WorkerThreads.run(2) {
            let isFirst = monitor.withLock { holder in
                defer { holder.state.isWaiting = true }
                return !holder.state.isWaiting
            }
            if isFirst {
                monitor.withLock { holder in while holder.state.rounds < 3 { holder.wait(nanoseconds: 1_000_000) } }
            } else {
                for _ in 0..<3 { monitor.withLock { $0.state.rounds += 1 } }
            }
        }
        #expect(monitor.withLock { $0.state.rounds } == 3)
    }
}
