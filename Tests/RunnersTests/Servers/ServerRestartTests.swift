import Isolation
import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

/// Servers that fail and are started again, and what they are at meanwhile.
@Suite("Runners: restarts of servers", .onTestThreads) struct ServerRestartTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    @Test func pausesDoubleUpToTwoMinutes() {
        var schedule = RestartSchedule()
        var pauses: [Int64] = []
        for failures in 1...9 {
            schedule.fail(at: 7_000_000_000)
            pauses.append(schedule.notBefore / 1_000_000_000 - 7)
            #expect(schedule.isExhausted == (failures > 5))
        }
        #expect(pauses == [2, 4, 8, 16, 32, 64, 120, 120, 120])
        schedule.succeed()
        #expect(schedule == RestartSchedule())
        schedule.fail(at: .max)
        #expect(!schedule.isExhausted)
    }

    @Test func aServerThatAlwaysFailsIsGivenUp() throws {
        let runner = fixture.runner(fixture.fake(["exit=3"]))
        for _ in 0..<6 { #expect(try runner.run("echo").outcome == .exit(3)) }
        #expect(fixture.clock.waits == [2, 4, 8, 16, 32])
        let last = try runner.run("echo")
        #expect(last.outcome == .setupFailed)
        #expect(last.error?.contains("it failed 6 times in a row, the last time: it ended with status 3") == true)
        // Loaded anew it is tried again.
        try runner.unload()
        #expect(try runner.run("echo").outcome == .exit(3))
        #expect(fixture.clock.waits.count == 5)
    }

    @Test func aRunDoesNotWaitLongerThanItMay() throws {
        let runner = fixture.runner(fixture.fake(["exit=3"]))
        #expect(try runner.run("echo").outcome == .exit(3))
        let hasty = try runner.run("echo", milliseconds: 1_500)
        #expect(hasty.outcome == .setupFailed)
        #expect(hasty.error?.contains("is started again in 2 s: it ended with status 3") == true)
        fixture.clock.advance(seconds: 1)
        // With more time than a start takes on a busy machine.
        #expect(try runner.run("echo", milliseconds: 60_000).outcome == .exit(3))
        #expect(fixture.clock.waits == [1])
    }

    @Test func aSuccessForgetsTheFailuresBefore() throws {
        let runner = fixture.runner(fixture.fake())
        for _ in 0..<8 {
            #expect(try runner.run("crash").outcome == .exit(3))
            #expect(try runner.run("echo").outcome == .ok)
        }
        #expect(fixture.clock.waits == Array(repeating: 2, count: 8))
        // Without one between, what crashes in each call is given up as well.
        for _ in 0..<6 { #expect(try runner.run("crash").outcome == .exit(3)) }
        #expect(try runner.run("echo").outcome == .setupFailed)
    }

    @Test func whoDoesNotWantToWaitForARestartIsLetGo() throws {
        let runner = fixture.runner(fixture.fake(["exit=3"]))
        _ = try runner.run("echo")
        #expect {
            try runner.run(ServerFixture.run("echo")) { () throws(AmxError) in
                throw AmxError(.interrupted, "interrupted")
            }
        } throws: {
            ($0 as? AmxError)?.code == .interrupted
        }
        #expect(runner.state(of: "fake") == .failed("it ended with status 3: no database"))
    }

    // MARK: States and health

    @Test func statesAreSeenWhileAServerStarts() throws {
        var fixture = fixture
        fixture.limits.startMilliseconds = 1_500
        let runner = fixture.runner(fixture.fake(["silent=initialize"]))
        var seen: Set<EngineState> = []
        let result = try runner.run(ServerFixture.run("echo")) {
            if let state = runner.state(of: "fake") { seen.insert(state) }
        }
        #expect(result.outcome == .timeout)
        #expect(seen == [.loading])
        #expect(runner.state(of: "other") == nil)
    }

    @Test func healthIsAskedFor() throws {
        var fixture = fixture
        // Also a busy machine answers within that.
        fixture.limits.healthMilliseconds = 5_000
        fixture.limits.graceMilliseconds = 100
        let good = fixture.fake()
        let bad = MCPServer(
            id: "bad", command: good.command, arguments: good.arguments + ["silent=ping"], environment: [:], hash: nil)
        let runner = fixture.runner(good, bad)
        func states() throws -> [EngineState] { try runner.checkHealth().map(\.state) }
        #expect(try states() == [.unloaded, .unloaded])
        #expect(try runner.run("count").outcome == .ok)
        #expect(try runner.tools(of: "bad").isEmpty == false)
        #expect(runner.state(of: "bad") == .ready)
        let found = try states()
        #expect(found[0] == .ready)
        guard case .failed = found[1] else {
            Issue.record("it is \(found[1])")
            return
        }
        // The other one was not touched.
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 2])
    }

    @Test func aServerThatEndsBetweenCallsIsStartedAgain() throws {
        var fixture = fixture
        fixture.limits.lifetimeMilliseconds = 4_000
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("count").outcome == .ok)
        #expect(try Patience.waits { try runner.checkHealth()[0].state == .unloaded })
        // Its time was over, which is no failure.
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 1])
        #expect(fixture.clock.waits.isEmpty)
    }

    @Test func aServersTimeMayBeOverInACall() throws {
        var fixture = fixture
        fixture.limits.lifetimeMilliseconds = 4_000
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("count").outcome == .ok)
        let result = try runner.run("sleep", ["seconds": 600])
        #expect(result.outcome == .timeout)
        #expect(result.error?.contains("its own time was over") == true)
        #expect(runner.state(of: "fake") == .unloaded)
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 1])
        #expect(fixture.clock.waits.isEmpty)
    }

    @Test func aServerThatDoesNotWantToStopIsKilled() throws {
        var fixture = fixture
        fixture.limits.graceMilliseconds = 200
        let runner = fixture.runner(fixture.fake(["deaf"]))
        #expect(try runner.run("count").outcome == .ok)
        try runner.unload()
        #expect(runner.state(of: "fake") == .unloaded)
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 1])
    }

    @Test func nothingIsLeftOfARunnerThatGoes() throws {
        let mark = "mark-\(UInt64.random(in: 0 ... .max))"
        func count() throws -> Int {
            let words = try Tool.run("sh", ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null"]).output
            return words.split(separator: 0).count { $0.elementsEqual(mark.utf8) }
        }
        do {
            let runner = fixture.runner(fixture.fake(["deaf", mark]))
            #expect(try runner.run("count").outcome == .ok)
            #expect(try count() >= 1)
        }
        #expect(try Patience.waits { try count() == 0 })
    }
}
