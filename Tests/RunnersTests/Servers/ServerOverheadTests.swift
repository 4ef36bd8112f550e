import Glibc
import Isolation
import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

/// What a warm call costs beside the server's own work.
@Suite("Runners: cost of a server's call", .onTestThreads) struct ServerOverheadTests {
    @Test func aWarmCallTakesLittleOfTheProcessor() throws {
        let fixture = try ServerFixture()
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("echo").outcome == .ok)
        let calls = 200
        // Unoptimised code on a busy machine: a tenth of it is usual.
        let time = try ProcessorTime.of { for _ in 0..<calls { _ = try runner.run("echo", ["a": [1, 2, 3]]) } }
        #expect(time / calls < .milliseconds(20))
        if getenv("AMX_PRINT_COSTS") != nil { print("a warm call takes \(time / calls) of the processor") }
    }
}
