import Isolation
import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

/// Calls servers that others have published, and compares with what the official client gets from them outside of the sandbox.
@Suite(
    "Runners: published servers", .onTestThreads,
    .enabled(
        if: PublishedServers.areInstalled, "mcp and mcp-server-time, -git and -fetch can be installed from PyPI"))
struct PublishedServerTests {
    private let fixture: ServerFixture
    private let environment: String

    init() throws {
        fixture = try ServerFixture()
        environment = try #require(PublishedServers.environment)
    }

    private struct Call {
        var name: String
        var arguments: JSONValue
        init(_ name: String, _ arguments: JSONValue) { (self.name, self.arguments) = (name, arguments) }
    }

    /// What the official client gets.
    private func oracle(_ arguments: [String], _ calls: [Call]) throws -> JSONValue {
        let asked: JSONValue = [
            "args": .strings(arguments),
            "calls": .array(calls.map { ["name": .string($0.name), "arguments": $0.arguments] }),
        ]
        let script = try fixture.folder.write("oracle.py", text: PublishedServers.oracle)
        let outcome = try Tool.run(environment + "/bin/python3", [script], input: JSONWriter.bytes(asked))
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONParser.parse(outcome.output)
    }

    /// Calls the same tools, and compares.
    private func compare(_ runner: ServerRunner, with oracle: JSONValue, _ calls: [Call]) throws {
        let limits = ServerFixture.run("any").limits
        let tools = try runner.tools(of: "fake", limits: limits)
        let expected = oracle["tools"]?.array ?? []
        #expect(tools.count == expected.count && !tools.isEmpty)
        for (tool, expected) in zip(tools, expected) {
            #expect(tool.name == expected["name"]?.string)
            #expect(tool.description == expected["description"]?.string)
            #expect(JSONValue.object(tool.inputSchema).isSame(as: expected["inputSchema"]))
        }
        let answers = oracle["calls"]?.array ?? []
        #expect(answers.count == calls.count)
        for (call, expected) in zip(calls, answers) {
            let result = try runner.run(call.name, call.arguments)
            if let error = expected["error"]?.string {
                #expect(result.outcome == .trap("refused"))
                // The tool is missed before the server is asked, or the server says no.
                #expect(result.error?.contains(error) == true || result.error?.contains("has no tool") == true)
            } else if expected["isError"]?.bool == true {
                #expect(result.outcome == .trap("tool"))
                #expect(result.error == expected["content"]?.array?.first?["text"]?.string)
            } else {
                #expect(result.outcome == .ok, "\(result.error ?? "")")
                #expect(result.result["content"]?.isSame(as: expected["content"]) == true)
                #expect(result.result["structuredContent"] == expected["structuredContent"])
            }
        }
        #expect(fixture.clock.waits.isEmpty)
    }

    /// A capsule that carries its packages in a folder.
    @Test func aCapsuleCarriesAServer() throws {
        let library = fixture.folder.path + "/capsule/servers/lib"
        #expect(try Tool.run("cp", ["-r", PublishedServers.packages(environment), library]).status == 0)
        let arguments = ["-m", "mcp_server_time", "--local-timezone", "UTC"]
        let calls = [
            // Neither zone changes its time, and neither is on another day.
            Call(
                "convert_time",
                ["source_timezone": "Asia/Tokyo", "time": "16:30", "target_timezone": "Asia/Kolkata"]),
            Call("get_current_time", ["timezone": "Nowhere/None"]),
            Call("convert_time", ["time": 1]),
            Call("nothing", [:]),
        ]
        let runner = fixture.runner(
            MCPServer(
                id: "fake", command: .interpreter("python3"), arguments: arguments,
                environment: ["PYTHONPATH": .text("/capsule/servers/lib")], hash: nil))
        try compare(runner, with: oracle(arguments, calls), calls)
    }

    /// A server that wants the network: its tools are listed, it refuses what it would refuse elsewhere, and it reaches nothing.
    @Test func aServerHasNoNetwork() throws {
        var place = fixture.place
        place.tools = [SandboxView.Shown(environment, at: "/tools/python")]
        place.interpreters = ["python3": "/tools/python/bin/python3"]
        let arguments = ["-m", "mcp_server_fetch", "--ignore-robots-txt"]
        let runner = ServerRunner(
            [
                MCPServer(
                    id: "fake", command: .interpreter("python3"), arguments: arguments, environment: [:], hash: nil)
            ], in: place, limits: fixture.limits, clock: fixture.clock)
        let calls = [
            Call("fetch", [:]), Call("fetch", ["url": "no address"]), Call("fetch", ["url": 1]),
            Call("fetch", ["url": "http://127.0.0.1:9/"]), Call("nothing", [:]),
        ]
        try compare(runner, with: oracle(arguments, calls), calls)
        for url in ["https://example.com/", "http://93.184.216.34/", "http://[::1]/", "file:///etc/passwd"] {
            let result = try runner.run("fetch", ["url": .string(url)])
            #expect(result.outcome == .trap("tool") || result.outcome == .trap("refused"), "\(url): \(result)")
            #expect(result.usage.networkCalls == 0)
        }
    }

    /// A virtual environment of the machine, shown to the sandbox.
    @Test func theMachineHasAServer() throws {
        let repository = fixture.folder.path + "/repository"
        try fixture.folder.write("repository/a.txt", text: "one\n")
        try Tool.git(["init", "-q", "-b", "main"], in: repository)
        try Tool.git(["add", "."], in: repository)
        try Tool.git(["commit", "-q", "-m", "one"], in: repository)
        try fixture.folder.write("repository/a.txt", text: "two\n")
        func arguments(_ path: String) -> [String] { ["-m", "mcp_server_git", "--repository", path] }
        func calls(_ path: String) -> [Call] {
            [
                Call("git_status", ["repo_path": .string(path)]), Call("git_log", ["repo_path": .string(path)]),
                Call("git_diff_unstaged", ["repo_path": .string(path)]), Call("git_status", [:]),
            ]
        }
        var place = fixture.place
        place.tools = [
            SandboxView.Shown(environment, at: "/tools/python"), SandboxView.Shown(repository, at: "/repository"),
        ]
        place.interpreters = ["python3": "/tools/python/bin/python3"]
        let variables = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"]
        let runner = ServerRunner(
            [
                MCPServer(
                    id: "fake", command: .interpreter("python3"), arguments: arguments("/repository"),
                    environment: variables.mapValues { .text($0) }, hash: nil)
            ], in: place, limits: fixture.limits, clock: fixture.clock)
        try compare(runner, with: oracle(arguments(repository), calls(repository)), calls("/repository"))
        // What it was not shown is not there, whatever it is told.
        let outside = try runner.run("git_status", ["repo_path": "/work"])
        #expect(outside.outcome == .trap("tool"))
        let written = try runner.run("git_commit", ["repo_path": "/repository", "message": "two"])
        #expect(written.outcome == .trap("tool"))
        #expect(try Tool.git(["rev-list", "--count", "HEAD"], in: repository) == "1")
    }
}

extension JSONValue {
    /// Whether another value has the same members, in whatever order.
    fileprivate func isSame(as other: JSONValue?) -> Bool {
        guard let other else { return false }
        return JSONWriter.bytes(self, .canonical) == JSONWriter.bytes(other, .canonical)
    }
}
