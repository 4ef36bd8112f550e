import Capsules
import Foundation
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Talks with real programs in the sandbox.
@Suite("Runners: messages with a program", .onTestThreads) struct MessageConnectionTests {
    private let folder: TemporaryDirectory
    private let sandbox: Sandbox

    init() throws {
        folder = try TemporaryDirectory("amx-messages")
        try folder.write("capsule/server.py", text: Self.server)
        sandbox = try Sandbox(worker: BuiltPrograms.worker, showing: folder.path + "/capsule")
    }

    /// Answers calls on standard input, and asks its host by the same way.
    private static let server = #"""
        import json, sys, time
        def tell(message):
            sys.stdout.write(json.dumps(message) + "\n"); sys.stdout.flush()
        for line in sys.stdin:
            call = json.loads(line); method = call["method"]; params = call["params"]
            if "id" not in call:
                continue
            answer = {"jsonrpc": "2.0", "id": call["id"]}
            if method == "echo":
                answer["result"] = params
            elif method == "ask":
                tell({"jsonrpc": "2.0", "id": "a", "method": "double", "params": params})
                answer["result"] = json.loads(sys.stdin.readline())
            elif method == "tell":
                tell({"jsonrpc": "2.0", "method": "progress", "params": params}); answer["result"] = None
            elif method == "fail":
                answer["error"] = {"code": 7, "message": "as asked", "data": params}
            elif method == "slow":
                time.sleep(0.3); answer["result"] = "late"
            elif method == "rubbish":
                print("no JSON"); sys.stdout.flush(); continue
            elif method == "stranger":
                answer["id"] = 99; answer["result"] = 1
            elif method == "long":
                sys.stdout.write("x" * 3000000); sys.stdout.flush(); continue
            elif method == "leave":
                sys.exit(3)
            tell(answer)
        """#

    private struct Doubling: HostInterface {
        var asked = 0

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            asked += 1
            guard method == "double" else { throw HostFault(.unknownMethod, "no \(method)") }
            guard let number = parameters["number"]?.integer else { throw HostFault(.invalidParameters, "no number") }
            return .integer(number * 2)
        }
    }

    private func start(lineLimit: Int = 2 << 20) throws -> (SandboxedProgram, MessageConnection) {
        let program = try sandbox.start(
            ["/usr/bin/python3", "-I", "server.py"], input: nil, limits: SandboxLimits(outputBytes: 1 << 20))
        let lines = LineConnection(
            reading: program.output, writing: program.input, lineLimit: lineLimit, of: program)
        return (program, MessageConnection(lines))
    }

    private func soon(_ milliseconds: Int64 = 60_000) -> Int64 {
        MonotonicClock.nanoseconds() + milliseconds * 1_000_000
    }

    @Test func callsGoBothWays() throws {
        let (program, connection) = try start()
        var host = Doubling()
        #expect(try connection.call("echo", ["a": [1, 2.5, nil]], until: soon(), host: &host) == ["a": [1, 2.5, nil]])
        let answer = try connection.call("ask", ["number": 21], until: soon(), host: &host)
        #expect(answer["result"]?.integer == 42)
        let refused = try connection.call("ask", ["wrong": 21], until: soon(), host: &host)
        #expect(refused["error"]?["code"]?.integer == -32_602)
        #expect(host.asked == 2)
        var told: [MessageConnection.Notification] = []
        let nothing = try connection.call("tell", ["half": true], until: soon(), host: &host) { told.append($0) }
        #expect(nothing == .null)
        #expect(told == [MessageConnection.Notification(method: "progress", parameters: ["half": true])])
        connection.notify("echo")
        #expect(connection.bytes.out > 0 && connection.bytes.in > 0)
        program.closeInput()
        #expect(try program.wait().ending == .exited(0))
    }

    @Test func largeMessagesPassWhileBothWrite() throws {
        let (_, connection) = try start(lineLimit: 8 << 20)
        var host = NoHost()
        let text = JSONValue.string(String(repeating: "0123456789", count: 400_000))
        #expect(try connection.call("echo", text, until: soon(), host: &host) == text)
    }

    @Test func errorsAreTheProgramsOwn() throws {
        let (_, connection) = try start()
        var host = NoHost()
        #expect(throws: ConnectionFault.refused(code: 7, message: "as asked", data: ["why": 1])) {
            try connection.call("fail", ["why": 1], until: soon(), host: &host)
        }
        #expect(try connection.call("echo", 1, until: soon(), host: &host) == 1)
    }

    @Test func whatComesTooLateIsPassedOver() throws {
        let (_, connection) = try start()
        var host = NoHost()
        #expect(throws: ConnectionFault.timedOut) { try connection.call("slow", [], until: soon(20), host: &host) }
        #expect(try connection.call("echo", 2, until: soon(), host: &host) == 2)
    }

    @Test(arguments: ["rubbish", "stranger", "long"])
    func whatIsNoAnswerEndsTheTalk(_ method: String) throws {
        let (_, connection) = try start()
        var host = NoHost()
        #expect {
            try connection.call(method, [], until: soon(), host: &host)
        } throws: {
            if case .malformed = $0 as? ConnectionFault { true } else { false }
        }
    }

    @Test func anEndIsToldAtOnce() throws {
        let (program, connection) = try start()
        var host = NoHost()
        #expect(throws: ConnectionFault.ended) { try connection.call("leave", [], until: soon(), host: &host) }
        #expect(try program.wait().ending == .exited(3))
        #expect(throws: ConnectionFault.ended) { try connection.call("echo", [], until: soon(), host: &host) }
        // The sandbox is there for the next program.
        let (_, other) = try start()
        #expect(try other.call("echo", 3, until: soon(), host: &host) == 3)
    }

    @Test func aChannelIsTheProgramsOwn() throws {
        var sockets: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        let lines = """
            import socket
            channel = socket.socket(fileno=6)
            channel.sendall(b'{"id":1,"result":' + channel.recv(100).split(b'"params":')[1])
            """
        let program = try sandbox.start(
            ["/usr/bin/python3", "-I", "-c", lines], input: [], channel: sockets[1], limits: SandboxLimits())
        close(sockets[1])
        defer { close(sockets[0]) }
        let connection = MessageConnection(LineConnection(reading: sockets[0], writing: sockets[0], of: program))
        var host = NoHost()
        #expect(try connection.call("any", ["of": "it"], until: soon(), host: &host) == ["of": "it"])
        #expect(try program.wait().ending == .exited(0))
    }

    /// Whoever wants a run to end is heard, also where the program asks its host without a pause.
    @Test func whoAsksWithoutAPauseIsEndedAllTheSame() throws {
        try folder.write(
            "capsule/asking.py",
            text: """
                import socket
                channel = socket.socket(fileno=6)
                while True:
                    channel.sendall(b'{"jsonrpc":"2.0","id":1,"method":"double","params":{"number":1}}\\n')
                    channel.recv(65536)
                """)
        var host = Doubling()
        var looks = 0
        let error = #expect(throws: AmxError.self) {
            try ProcessRunner(sandbox).run(EngineRun(.file(TreePath("asking.py")), input: [:]), host: &host) {
                () throws(AmxError) in
                looks += 1
                if looks == 2 { throw AmxError(.interrupted, "enough") }
            }
        }
        #expect(error?.code == .interrupted && looks == 2 && host.asked > 0)
    }
}
