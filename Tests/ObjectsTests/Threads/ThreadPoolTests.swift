import Objects
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    /// What jobs have done, and what they wait for.
    private struct Log: Sendable {
        var made = 0
        var done: [Int] = []
        var running = 0
        var mostRunning = 0
        var isOpen = false
        var rests = 0
    }

    private let log = Monitor(Log())

    private func pool(most: Int, waiting: Int = 100, patience: Int64 = .max) -> ThreadPool<Int> {
        ThreadPool(
            most: most, waiting: waiting, patience: patience,
            make: { [log] in
                log.withLock {
                    $0.state.made += 1
                    return $0.state.made * 1_000
                }
            },
            rest: { [log] in
                $0 += 1
                log.withLock {
                    $0.state.rests += 1
                    $0.wakeAll()
                }
            })
    }

    /// A job that waits until it may go on.
    private func held(_ number: Int) -> ThreadPool<Int>.Job {
        { [log] _ in
            log.withLock {
                $0.state.running += 1
                $0.state.mostRunning = max($0.state.mostRunning, $0.state.running)
                $0.wakeAll()
                while !$0.state.isOpen { $0.wait() }
                $0.state.running -= 1
                $0.state.done.append(number)
                $0.wakeAll()
            }
        }
    }

    private func wait(until holds: (Log) -> Bool) {
        log.withLock { while !holds($0.state) { $0.wait() } }
    }

    private func open() {
        log.withLock {
            $0.state.isOpen = true
            $0.wakeAll()
        }
    }

    @Test func noMoreRunAtOnceThanThereMayBe() {
        let pool = pool(most: 4)
        #expect(pool.count == 0)
        for number in 0..<20 { #expect(pool.submit(held(number))) }
        wait { $0.running == 4 }
        #expect(pool.count == 4)
        open()
        wait { $0.done.count == 20 }
        pool.stop()
        let (most, done) = log.withLock { ($0.state.mostRunning, $0.state.done) }
        #expect(most == 4)
        #expect(done.sorted() == Array(0..<20))
        #expect(pool.count == 0)
    }

    @Test func oneThreadDoesThemInTheirOrderAndKeepsItsState() {
        let pool = pool(most: 1)
        for number in 0..<10 {
            let isTaken = pool.submit { [log] state in
                state += 1
                #expect(state == 1_001 + number)
                log.withLock {
                    $0.state.done.append(number)
                    $0.wakeAll()
                }
            }
            #expect(isTaken)
        }
        wait { $0.done.count == 10 }
        #expect(log.withLock { $0.state.done } == Array(0..<10))
        #expect(log.withLock { $0.state.made } == 1)
        pool.stop()
    }

    @Test func tooManyAreRefused() {
        let pool = pool(most: 2, waiting: 3)
        for number in 0..<2 { #expect(pool.submit(held(number))) }
        wait { $0.running == 2 }
        for number in 2..<5 { #expect(pool.submit(held(number))) }
        #expect(!pool.submit(held(5)))
        open()
        wait { $0.done.count == 5 }
        pool.stop()
    }

    @Test func whatWaitsWhenItIsStoppedIsDropped() {
        let pool = pool(most: 1)
        #expect(pool.submit(held(0)))
        wait { $0.running == 1 }
        for number in 1..<4 {
            let isTaken = pool.submit(held(number)) { [log] in
                log.withLock {
                    $0.state.done.append(-number)
                    $0.state.isOpen = true
                    $0.wakeAll()
                }
            }
            #expect(isTaken)
        }
        // The one under way ends only once others were dropped, and is waited for.
        pool.stop()
        #expect(log.withLock { $0.state.done }.sorted() == [-3, -2, -1, 0])
        #expect(!pool.submit(held(9)))
        #expect(pool.count == 0)
    }

    /// The first thread stays, and looks after its state; the others go.
    @Test func whoHasNothingToDoGoes() {
        let pool = pool(most: 4, patience: 1_000_000)
        for number in 0..<4 { #expect(pool.submit(held(number))) }
        wait { $0.running == 4 }
        open()
        wait { $0.rests >= 3 }
        #expect(pool.count == 1)
        #expect(pool.submit(held(4)))
        wait { $0.done.count == 5 }
        pool.stop()
    }
}
