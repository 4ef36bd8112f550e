import Guard
import Isolation
import Objects
import TestSupport

@testable import Capsules
@testable import Runners

/// A capsule with servers, and what runs their tools.
struct ServerFixture {
    let folder: TemporaryDirectory
    var limits = ServerLimits()
    var clock = ManualClock()
    var settings: [String: String] = [:]

    init() throws {
        folder = try TemporaryDirectory("amx-servers")
        try folder.write("capsule/servers/fake.py", text: FakeServer.text)
        // What a busy machine takes long for is no fault here.
        limits.startMilliseconds = 60_000
        limits.healthMilliseconds = 60_000
    }

    var place: ServerPlace {
        var capabilities = Capabilities()
        capabilities.hostProcess = ["env", "amx-no-such-program"]
        var place = ServerPlace(
            worker: BuiltPrograms.worker, folder: folder.path + "/capsule",
            gate: ManifestGate(capsule: "orders", capabilities: capabilities, workspace: nil, home: nil))
        place.settings = settings
        return place
    }

    /// The fake server with words of its command line.
    func fake(
        _ words: [String] = [], environment: [String: MCPServer.Value] = [:], hash: SHA256Digest? = nil
    ) -> MCPServer {
        MCPServer(
            id: "fake", command: .interpreter("python3"), arguments: ["servers/fake.py"] + words,
            environment: environment, hash: hash)
    }

    func runner(_ servers: MCPServer...) -> ServerRunner {
        ServerRunner(servers, in: place, limits: limits, clock: clock)
    }

    /// What one run of a tool is.
    static func run(
        _ tool: String, _ input: JSONValue = [:], milliseconds: UInt64 = 60_000, outputBytes: UInt64 = 16 << 20,
        memoryBytes: UInt64 = 128 << 20
    ) -> EngineRun {
        EngineRun(
            .server(id: "fake", tool: tool), input: input,
            limits: SandboxLimits(milliseconds: milliseconds, memoryBytes: memoryBytes, outputBytes: outputBytes))
    }
}

extension ServerRunner {
    /// Runs a tool of the fake server.
    func run(_ tool: String, _ input: JSONValue = [:], milliseconds: UInt64 = 60_000) throws -> RunResult {
        try run(ServerFixture.run(tool, input, milliseconds: milliseconds))
    }

    func run(_ run: EngineRun, check: () throws(AmxError) -> Void = {}) throws -> RunResult {
        var host = NoHost()
        return try self.run(run, host: &host, check: check)
    }
}
