import Glibc
import Isolation
import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

/// What a warm call costs beside the server's own work. With the variable `AMX_PRINT_COSTS` the figures are printed.
@Suite("Runners: cost of a server's call", .onTestThreads) struct ServerOverheadTests {
    private static let calls = 300
    private let fixture: ServerFixture
    private let runner: ServerRunner

    init() throws {
        fixture = try ServerFixture()
        runner = fixture.runner(fixture.fake())
        #expect(try runner.run("echo").outcome == .ok)
    }

    @Test func aWarmCallTakesLittleOfTheProcessor() throws {
        let time = try ProcessorTime.of { for _ in 0..<Self.calls { _ = try runner.run("echo", ["a": [1, 2, 3]]) } }
        // Unoptimised code takes a hundredth of it on a machine that has nothing else to do.
        #expect(time / Self.calls < .milliseconds(20))
        Self.tell("a warm call takes \(time / Self.calls) of the processor")
    }

    /// The same server as a plain program, called by turns with the one in the sandbox.
    @Test(.enabled(if: getenv("AMX_PRINT_COSTS") != nil, "AMX_PRINT_COSTS is not set"))
    func aWarmCallBesideOneWithoutASandbox() throws {
        var sockets: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0)
        defer { close(sockets[0]) }
        let program = try RunningProgram(
            "/usr/bin/python3", [fixture.folder.path + "/capsule/servers/fake.py"], input: sockets[1],
            output: sockets[1])
        close(sockets[1])
        let plain = MessageConnection(LineConnection(reading: sockets[0], writing: sockets[0]))
        var host = NoHost()
        var (bare, sandboxed): ([Int64], [Int64]) = ([], [])
        for _ in 0..<Self.calls {
            bare.append(
                try Self.nanoseconds {
                    _ = try plain.call(
                        "tools/call", ["name": "echo", "arguments": ["a": [1, 2, 3]]],
                        until: MonotonicClock.nanoseconds() + 60_000_000_000, host: &host)
                })
            sandboxed.append(try Self.nanoseconds { _ = try runner.run("echo", ["a": [1, 2, 3]]) })
        }
        program.terminate()
        Self.tell(
            "microseconds of a warm call: \(Self.median(bare) / 1_000) by a plain pipe, "
                + "\(Self.median(sandboxed) / 1_000) in the sandbox")
    }

    private static func nanoseconds(_ work: () throws -> Void) rethrows -> Int64 {
        let start = MonotonicClock.nanoseconds()
        try work()
        return MonotonicClock.nanoseconds() - start
    }

    private static func median(_ times: [Int64]) -> Int64 { times.sorted()[times.count / 2] }

    private static func tell(_ text: String) { if getenv("AMX_PRINT_COSTS") != nil { print(text) } }
}
