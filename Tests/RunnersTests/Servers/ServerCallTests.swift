import Guard
import Isolation
import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

/// Calls tools of a server that runs in the sandbox.
@Suite("Runners: tools of servers", .onTestThreads) struct ServerCallTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    @Test func aServerIsStartedOnceAndKept() throws {
        let runner = fixture.runner(fixture.fake())
        #expect(runner.state(of: "fake") == .unloaded)
        for count in 1...3 {
            let result = try runner.run("count")
            #expect(result.outcome == .ok, "\(result.error ?? "")")
            #expect(result.result["structuredContent"] == ["calls": .integer(Int64(count))])
            #expect(result.result["content"] == [["type": "text", "text": .string("\(count)")]])
            #expect(runner.state(of: "fake") == .ready)
        }
        try runner.unload()
        #expect(runner.state(of: "fake") == .unloaded)
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 1])
    }

    @Test func usageIsThatOfTheCall() throws {
        let runner = fixture.runner(fixture.fake())
        let text = String(repeating: "a", count: 5_000)
        for _ in 0..<2 {
            let usage = try runner.run("echo", ["text": .string(text)]).usage
            #expect(usage.bytesIn > 5_000 && usage.bytesIn < 6_000)
            #expect(usage.bytesOut > 10_000 && usage.bytesOut < 12_000)
            #expect(usage.wallMicroseconds > 0)
        }
    }

    @Test func aServerIsAskedAsAClientThatOffersNothing() throws {
        let given = try fixture.runner(fixture.fake()).run("parameters").result["structuredContent"]
        #expect(given?["protocolVersion"] == "2025-11-25")
        #expect(given?["capabilities"] == [:])
        #expect(given?["clientInfo"]?["name"] == "amx")
    }

    /// The revision of March 2025 has batches.
    @Test func batchesAreTaken() throws {
        let runner = fixture.runner(fixture.fake(["version=2025-03-26"]))
        let message: (String) -> JSONValue = { text in
            ["method": "notifications/message", "params": ["level": "info", "data": .string(text)]]
        }
        let result = try runner.run(
            "batch", ["messages": [message("one"), ["id": "a", "method": "ping"], message("two")]])
        #expect(result.outcome == .ok)
        #expect(String(decoding: result.log, as: UTF8.self) == "info: one\ninfo: two\n")
        #expect(try runner.run("echo").outcome == .ok)
    }

    @Test(arguments: ProtocolVersion.allCases)
    func olderRevisionsAreSpoken(_ version: ProtocolVersion) throws {
        let runner = fixture.runner(fixture.fake(["version=\(version.rawValue)"]))
        #expect(try runner.run("echo", ["a": 1]).result["structuredContent"] == ["a": 1])
    }

    @Test func listsOfManyPagesAreRead() throws {
        let tools = try fixture.runner(fixture.fake(["tools=90", "page=7"])).tools(of: "fake")
        #expect(tools.prefix(91).map(\.name) == (0..<90).map { "tool\($0)" } + ["echo"])
        #expect(tools.last?.description == "dddddddd")
        #expect(tools.last?.inputSchema == ["type": "object"])
    }

    @Test func aServerWithoutToolsHasNone() throws {
        let runner = fixture.runner(fixture.fake(["toolless"]))
        #expect(try runner.tools(of: "fake").isEmpty)
        #expect(try runner.run("echo").outcome == .trap("refused"))
    }

    // MARK: Results

    /// What a server answers, and what the run is then.
    private static let answers: [(answer: JSONValue, outcome: RunOutcome, result: JSONValue)] = [
        (["content": []], .ok, ["content": []]),
        (["content": [], "isError": false, "_meta": ["a": 1]], .ok, ["content": []]),
        (["structuredContent": ["a": 1]], .ok, ["content": [], "structuredContent": ["a": 1]]),
        (
            ["content": [["type": "image", "data": "AA==", "mimeType": "image/png"]], "structuredContent": nil], .ok,
            ["content": [["type": "image", "data": "AA==", "mimeType": "image/png"]]]
        ),
        (["content": [], "structuredContent": [1]], .trap("protocol"), .null),
        (["content": [1]], .trap("protocol"), .null),
        (["content": [["text": "no type"]]], .trap("protocol"), .null),
        (["content": "text"], .trap("protocol"), .null),
        ([:], .trap("protocol"), .null),
        ([], .trap("protocol"), .null),
        (nil, .trap("protocol"), .null),
        (["isError": true], .trap("protocol"), .null),
        (["isError": true, "content": []], .trap("tool"), .null),
    ]

    @Test(arguments: answers.indices) func answersAreResults(_ index: Int) {
        let (answer, outcome, expected) = Self.answers[index]
        let result = RunResult.tool(answer)
        #expect(result.outcome == outcome)
        #expect(result.result == expected)
        #expect((result.error == nil) == (outcome == .ok))
    }

    @Test func aToolTellsItsErrorsAndTheServerStays() throws {
        let runner = fixture.runner(fixture.fake())
        let failed = try runner.run("fail", ["why": "no money"])
        #expect(failed.outcome == .trap("tool"))
        #expect(failed.error == "it is broken: no money")
        let refused = try runner.run("error", ["a": 1])
        #expect(refused.outcome == .trap("refused"))
        #expect(refused.error == "the server answered with error -32602: {\"a\": 1}")
        let unknown = try runner.run("nothing")
        #expect(unknown.outcome == .trap("refused"))
        #expect(unknown.error?.hasPrefix("the server has no tool 'nothing'; it has echo, fail") == true)
        #expect(try runner.run("echo", [1]).outcome == .trap("input"))
        #expect(try runner.run("odd", ["content": [1]]).outcome == .trap("protocol"))
        let long = try runner.run("fail", ["why": .string(String(repeating: "é", count: 100_000))])
        #expect((long.error?.utf8.count ?? 0) <= 65_540)
        // None of these was called for nothing: it is the same server.
        #expect(try runner.run("count").result["structuredContent"] == ["calls": 5])
        #expect(fixture.clock.waits.isEmpty)
    }

    @Test func nothingIsTheEmptyObject() throws {
        let result = try fixture.runner(fixture.fake()).run("echo", .null)
        #expect(result.result["structuredContent"] == [:])
    }

    // MARK: The log

    @Test func theLogIsThatOfTheRun() throws {
        let runner = fixture.runner(fixture.fake())
        let first = try runner.run("log", ["count": 2])
        #expect(String(decoding: first.log, as: UTF8.self) == "warning fake: line 0\nwarning fake: line 1\n")
        let second = try runner.run("log", ["count": 1, "data": ["a": "b\nerror: forged"]])
        #expect(String(decoding: second.log, as: UTF8.self) == "warning fake: {\"a\":\"b\\nerror: forged\"}\n")
        let third = try runner.run("log", ["count": 1, "data": "b\nerror: forged"])
        #expect(String(decoding: third.log, as: UTF8.self) == "warning fake: b error: forged\n")
        let errors = try runner.run("shout", ["bytes": 300])
        #expect(errors.log.count == 300)
        #expect(try runner.run("echo").log.isEmpty)
    }

    @Test func theLogIsBounded() throws {
        let runner = fixture.runner(fixture.fake())
        let long = try runner.run("log", ["count": 1, "data": .string(String(repeating: "z", count: 200_000))])
        #expect(long.log.count == 65_537)
        let many = try runner.run("log", ["count": 40, "data": .string(String(repeating: "z", count: 60_000))])
        #expect(many.outcome == .ok)
        #expect(many.log.count <= 1 << 20 + 100)
        #expect(String(decoding: many.log.suffix(60), as: UTF8.self).contains("the log ends here"))
    }

    // MARK: What a server asks

    @Test(arguments: [
        ("ping", true), ("roots/list", false), ("sampling/createMessage", false), ("elicitation/create", false),
        ("tasks/list", false), ("double", true), ("unknown", false),
    ])
    func aServersQuestionsAreAnswered(_ method: String, _ isAnswered: Bool) throws {
        struct Doubling: HostInterface {
            mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
                // What the protocol defines never comes here.
                guard method == "double" || method == "unknown" else { return "wrong" }
                guard method == "double" else { throw HostFault(.unknownMethod, "no \(method)") }
                return .integer((parameters["number"]?.integer ?? 0) * 2)
            }
        }
        var host = Doubling()
        let run = ServerFixture.run("ask", ["method": .string(method), "params": ["number": 21]])
        let result = try fixture.runner(fixture.fake()).run(run, host: &host) {}
        let answer = result.result["structuredContent"]
        #expect((answer?["result"] != nil) == isAnswered)
        if method == "double" { #expect(answer?["result"] == 42) }
        if !isAnswered { #expect(answer?["error"]?["code"] == -32_601) }
    }

    @Test func aListThatChangesIsReadAnew() throws {
        let runner = fixture.runner(fixture.fake())
        #expect(try runner.run("new").outcome == .trap("refused"))
        #expect(try runner.run("change").outcome == .ok)
        let new = try runner.run("new")
        #expect(new.outcome == .ok)
        #expect(String(decoding: new.log, as: UTF8.self) == "amx: the server's tools have changed\n")
        #expect(try runner.run("count").outcome == .trap("refused"))
        #expect(try runner.tools(of: "fake").map(\.name) == ["echo", "new"])
    }

    // MARK: Variables and commands

    @Test func variablesComeFromTheManifestTheConfigurationAndTheRun() throws {
        var fixture = fixture
        fixture.settings = ["dbToken": "s3cret"]
        let server = fixture.fake(environment: ["NAME": .text("orders"), "TOKEN": .configuration("dbToken")])
        let runner = fixture.runner(server)
        var run = ServerFixture.run("variables")
        run.environment = ["EXTRA": "1"]
        let variables = try runner.run(run).result["structuredContent"]
        #expect(variables?["NAME"] == "orders" && variables?["TOKEN"] == "s3cret" && variables?["EXTRA"] == "1")
        // Another run's variables are those of another process.
        run.environment = ["EXTRA": "2"]
        #expect(try runner.run(run).result["structuredContent"]?["EXTRA"] == "2")
        #expect(fixture.clock.waits.isEmpty)
        fixture.settings = [:]
        #expect {
            try fixture.runner(server).run("variables")
        } throws: {
            ($0 as? AmxError)?.hint == "set 'dbToken' in the capsule's configuration"
        }
    }

    @Test(arguments: ["python3", "node", "file", "script", "program", "absent", "denied"])
    func commandsAreFound(_ kind: String) throws {
        let node = """
            const lines = require('readline').createInterface({input: process.stdin});
            lines.on('line', line => {
              const call = JSON.parse(line);
              if (call.id === undefined) return;
              const results = {
                initialize: {protocolVersion: '2025-06-18', capabilities: {tools: {}}, serverInfo: {name: 'n', version: '1'}},
                'tools/list': {tools: [{name: 'echo', inputSchema: {type: 'object'}}]},
                'tools/call': {content: [{type: 'text', text: 'node'}]},
              };
              console.log(JSON.stringify({jsonrpc: '2.0', id: call.id, result: results[call.method]}));
            });
            """
        if kind == "node", !Tool.exists("/usr/bin/node") { return }
        try fixture.folder.write("capsule/servers/node.js", text: node)
        try fixture.folder.write(
            "capsule/servers/run", text: "#!/bin/sh\nexec python3 servers/fake.py \"$@\"\n", executable: true)
        let command: MCPServer.Command =
            switch kind {
            case "node": .interpreter("node")
            case "file": .file(try TreePath("servers/run"))
            case "script": .file(try TreePath("servers/fake.py"))
            case "program": .program("env")
            case "absent": .program("amx-no-such-program")
            case "denied": .program("python3")
            default: .interpreter("python3")
            }
        let arguments =
            switch kind {
            case "python3": ["-m", "servers.fake"]
            case "node": ["servers/node.js"]
            case "program": ["python3", "servers/fake.py"]
            default: [String]()
            }
        let runner = fixture.runner(
            MCPServer(id: "fake", command: command, arguments: arguments, environment: [:], hash: nil))
        let result = try runner.run("echo")
        let outcomes: [String: RunOutcome] = ["absent": .setupFailed, "denied": .denied(.gate)]
        #expect(result.outcome == outcomes[kind] ?? .ok, "\(result.error ?? "")")
    }
}
