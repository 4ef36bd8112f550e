import Guard
import Isolation
import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

/// Servers that do what they must not.
@Suite("Runners: faults of servers", .onTestThreads) struct ServerFaultTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    // MARK: At the start

    /// Words of the command line, and what is said of the server then.
    private static let starts: [(words: String, outcome: RunOutcome, error: String)] = [
        ("version=1999-01-01", .trap("protocol"), "it speaks version '1999-01-01' of the protocol, which is none of"),
        ("version=2026-07-28", .trap("protocol"), "it speaks version '2026-07-28' of the protocol, which is none of"),
        ("versionless", .trap("protocol"), "it does not say which version of the protocol it speaks"),
        ("silent=initialize", .timeout, "did not start: it took more than 700 ms"),
        ("silent=tools/list", .timeout, "did not start: it took more than 700 ms"),
        ("silent=initialize deaf", .timeout, "did not start: it took more than 700 ms"),
        ("exit=3", .exit(3), "did not start: it ended with status 3: no database"),
        ("exit=0", .trap("protocol"), "did not start: the server ended before it had answered"),
        ("tools=1001", .denied(.quota), "it lists more than 1000 tools"),
        ("endless=same", .trap("protocol"), "its list of tools does not end"),
        ("endless=more", .denied(.quota), "its list of tools has more than 100 pages"),
        ("describe=16385", .denied(.quota), "its tool 'echo' has a description of more than 16384 bytes"),
        ("nameless", .trap("protocol"), "it lists a tool without a name"),
        ("schemaless", .trap("protocol"), "its tool 'x' does not say what it takes"),
        ("again", .trap("protocol"), "it lists the tool 'echo' twice"),
        ("depth=70", .trap("protocol"), "a line that is not JSON"),
        ("tool=" + String(repeating: "n", count: 129), .denied(.quota), "whose name has more than 128 bytes"),
    ]

    @Test(arguments: starts.indices) func aServerThatDoesNotStartIsNotCalled(_ index: Int) throws {
        let (words, outcome, error) = Self.starts[index]
        var fixture = fixture
        if words.hasPrefix("silent") { fixture.limits.startMilliseconds = 700 }
        fixture.limits.graceMilliseconds = 300
        let runner = fixture.runner(fixture.fake(words.split(separator: " ").map(String.init)))
        let result = try runner.run("echo")
        #expect(result.outcome == outcome)
        #expect(result.error?.contains(error) == true, "\(result.error ?? "")")
        #expect(result.error?.contains("'fake'") == true)
        guard case .failed(let why)? = runner.state(of: "fake") else {
            Issue.record("it is \(String(describing: runner.state(of: "fake")))")
            return
        }
        #expect(!why.isEmpty)
    }

    @Test func whatIsJustWithinTheLimitsIsTaken() throws {
        let words = ["describe=16384", "tools=970", "page=10", "depth=20"]
        #expect(try fixture.runner(fixture.fake(words)).run("echo").outcome == .ok)
    }

    // MARK: In a call

    /// A tool with what it is given, and what came of it; after each the server is another one.
    private static let calls: [(tool: String, input: JSONValue, outcome: RunOutcome, error: String)] = [
        ("crash", [:], .exit(3), "it ended with status 3"),
        ("crash", ["status": 0], .trap("protocol"), "the server ended before it had answered"),
        ("kill", [:], .signal(11), "it was ended by signal 11"),
        ("rubbish", [:], .trap("protocol"), "it sent a line that is not JSON"),
        ("batch", ["messages": []], .trap("protocol"), "it sent an empty batch"),
        ("batch", ["messages": [1]], .trap("protocol"), "it sent a line that is no object of JSON"),
        ("batch", ["messages": [[["id": 1]]]], .trap("protocol"), "it sent a line that is no object of JSON"),
        ("stranger", ["id": 99], .trap("protocol"), "it answered a call that was not made"),
        ("stranger", ["id": 0], .trap("protocol"), "it answered a call that was not made"),
        ("stranger", ["id": "1"], .trap("protocol"), "neither a method nor the id of a call"),
        ("deep", ["depth": 70], .trap("protocol"), "it sent a line that is not JSON"),
        ("big", ["bytes": 2_100_000], .trap("protocol"), "a message of more than 2097152 bytes"),
        ("flood", [:], .denied(.quota), "it sent more than 4194304 bytes in one call"),
        ("shout", ["bytes": 5_000_000], .denied(.quota), "it wrote more than 4194304 bytes"),
        ("asks", ["count": 201], .denied(.quota), "it asked more than 200 times in one call"),
        ("memory", ["bytes": 200_000_000], .oom, "it needed more than 96 MiB of memory"),
    ]

    @Test(arguments: calls.indices) func aFaultEndsTheServerAndNotTheNext(_ index: Int) throws {
        let (tool, input, outcome, error) = Self.calls[index]
        var fixture = fixture
        fixture.limits.messageBytes = 2 << 20
        fixture.limits.requests = 200
        let runner = fixture.runner(fixture.fake())
        func run(_ tool: String, _ input: JSONValue = [:]) throws -> RunResult {
            try runner.run(ServerFixture.run(tool, input, outputBytes: 4 << 20, memoryBytes: 96 << 20))
        }
        #expect(try run("count").outcome == .ok)
        let result = try run(tool, input)
        #expect(result.outcome == outcome)
        #expect(result.error?.contains(error) == true, "\(result.error ?? "")")
        guard case .failed? = runner.state(of: "fake") else {
            Issue.record("it is \(String(describing: runner.state(of: "fake")))")
            return
        }
        let next = try run("count")
        #expect(next.result["structuredContent"] == ["calls": 1])
        #expect(runner.state(of: "fake") == .ready)
        #expect(fixture.clock.waits == [2])
    }

    @Test func whatIsJustWithinTheLimitsOfACallIsTaken() throws {
        var fixture = fixture
        fixture.limits.requests = 200
        let runner = fixture.runner(fixture.fake())
        for (tool, input) in [
            ("deep", ["depth": 50]), ("big", ["bytes": 10_000_000]), ("asks", ["count": 200]),
            ("shout", ["bytes": 1_000_000]), ("twice", [:]), ("twice", [:]), ("echo", [:]),
        ] as [(String, JSONValue)] {
            #expect(try runner.run(tool, input).outcome == .ok, "\(tool)")
        }
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 8])
    }

    // MARK: Time

    @Test func aCallThatTakesTooLongIsCancelledAndTheServerKeptIfItIsThere() throws {
        var fixture = fixture
        fixture.limits.cancellationMilliseconds = 60_000
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("count").outcome == .ok)
        let silent = try runner.run("silence", milliseconds: 100)
        #expect(silent.outcome == .timeout)
        let slow = try runner.run("sleep", ["seconds": 0.5], milliseconds: 100)
        #expect(slow.outcome == .timeout)
        #expect(slow.error == "it took more than 100 ms")
        // It answered within the grace time; what it had to say of the call that was cancelled is passed over.
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 3])
        #expect(fixture.clock.waits.isEmpty)
    }

    @Test func aServerThatIsNotThereAfterACancelledCallIsKilled() throws {
        var fixture = fixture
        fixture.limits.cancellationMilliseconds = 200
        let runner = fixture.runner(fixture.fake(["deaf"]))
        #expect(try runner.run("count").outcome == .ok)
        for (tool, input) in [("sleep", ["seconds": 600]), ("close", [:])] as [(String, JSONValue)] {
            #expect(try runner.run(tool, input, milliseconds: 100).outcome == .timeout)
            #expect(runner.state(of: "fake") == .failed("it took more than 100 ms"))
            #expect(try runner.run("count").result["structuredContent"] == ["calls": 1])
        }
        #expect(fixture.clock.waits == [2, 2])
    }

    @Test func whoDoesNotWantTheAnswerIsLetGoAtOnce() throws {
        var fixture = fixture
        fixture.limits.cancellationMilliseconds = 200
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("count").outcome == .ok)
        var asked = 0
        #expect {
            try runner.run(ServerFixture.run("sleep", ["seconds": 600])) { () throws(AmxError) in
                asked += 1
                if asked == 2 { throw AmxError(.interrupted, "interrupted") }
            }
        } throws: {
            ($0 as? AmxError)?.code == .interrupted
        }
        #expect(asked == 2)
        // A server that nobody wants any more has not failed.
        #expect(runner.state(of: "fake") == .unloaded)
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 1])
        #expect(fixture.clock.waits.isEmpty)
    }

    @Test func aFloodDoesNotKeepFromAsking() throws {
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("count").outcome == .ok)
        var asked = 0
        #expect {
            try runner.run(ServerFixture.run("flood", outputBytes: 1 << 40)) { () throws(AmxError) in
                asked += 1
                throw AmxError(.interrupted, "interrupted")
            }
        } throws: {
            ($0 as? AmxError)?.code == .interrupted
        }
        #expect(asked == 1)
    }

    // MARK: The file's hash

    @Test func theFilesHashIsComparedAtEveryStart() throws {
        let hash = SHA256Hasher.hash(of: Array(FakeServer.text.utf8))
        let runner = fixture.runner(fixture.fake(hash: hash))
        #expect(try runner.run("count").outcome == .ok)
        try fixture.folder.write("capsule/servers/fake.py", text: FakeServer.text + "# changed\n")
        // The one that runs is the one that was compared.
        #expect(try runner.run("count").outcome == .ok)
        _ = try runner.run("crash")
        let changed = SHA256Hasher.hash(of: Array((FakeServer.text + "# changed\n").utf8))
        for _ in 0..<2 {
            #expect {
                try runner.run("count")
            } throws: {
                let error = $0 as? AmxError
                return error?.code == .verification && error?.message.contains("sha256:\(changed)") == true
                    && error?.message.contains("sha256:\(hash)") == true
            }
        }
        try fixture.folder.write("capsule/servers/fake.py", text: FakeServer.text)
        #expect(try runner.run("count").outcome == .ok)
    }

    @Test(arguments: ["absent", "folder", "link", "linked folder", "module"])
    func whatHasNoHashDoesNotStart(_ kind: String) throws {
        let hash = SHA256Hasher.hash(of: Array(FakeServer.text.utf8))
        let capsule = fixture.folder.path + "/capsule"
        var words = ["servers/other/fake.py"]
        switch kind {
        case "folder": try fixture.folder.write("capsule/servers/other/fake.py/x", text: "")
        case "link":
            try fixture.folder.write("capsule/servers/other/x", text: "")
            _ = try Tool.run("ln", ["-s", "../fake.py", capsule + "/servers/other/fake.py"])
        case "linked folder": _ = try Tool.run("ln", ["-s", ".", capsule + "/servers/other"])
        case "module": words = ["-m", "servers.fake"]
        default: break
        }
        let runner = fixture.runner(
            MCPServer(
                id: "fake", command: .interpreter("python3"), arguments: words, environment: [:], hash: hash))
        #expect {
            try runner.run("count")
        } throws: {
            ($0 as? AmxError)?.code == (kind == "module" ? .failure : .verification)
        }
    }
}
