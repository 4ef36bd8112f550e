import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: the engines of a capsule", .onTestThreads) struct EngineSetTests {
    /// A capsule whose servers have these words on their command lines, with a script and a skill.
    private struct Fixture {
        let folder: TemporaryDirectory
        let manifest: Manifest

        init(_ servers: [String], skill: Bool = true) throws {
            folder = try TemporaryDirectory("amx-engines")
            try folder.write("capsule/servers/fake.py", text: FakeServer.text)
            try folder.write("capsule/main.js", text: "function handler(input) { return input + 1 }")
            if skill { try folder.write("capsule/SKILL.md", text: "Do it well.") }
            let blocks = servers.enumerated().map { number, words -> JSONValue in
                [
                    "id": .string("s\(number)"), "command": "python3",
                    "args": .strings(["servers/fake.py"] + words.split(separator: " ").map(String.init)),
                ]
            }
            let document: JSONValue = [
                "id": "a", "name": "A", "version": "1.0.0", "mcpServers": .array(blocks),
                "skills": [["name": "s", "file": "SKILL.md"]],
                "tools": [["name": "up", "description": "d", "inputSchema": [:], "handler": "main.js"]],
            ]
            manifest = try Manifest.parse(JSONWriter.bytes(document))
        }

        func engines() -> EngineSet {
            EngineSet(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        }

        func capsule() -> EngineCapsule {
            EngineCapsule(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        }
    }

    private static func failure(_ state: EngineState) -> String? {
        if case .failed(let why) = state { why } else { nil }
    }

    @Test func partsHaveTheirOrder() throws {
        #expect(try Fixture(["tools=1"]).engines().parts == [.mcp, .js, .static])
        #expect(try Fixture([]).engines().parts == [.js, .static])
    }

    /// Row S-090: what is asked of the whole is asked of each part.
    @Test func allAreLoadedAndUnloaded() throws {
        let fixture = try Fixture(["tool=one", "tool=two"])
        defer { withExtendedLifetime(fixture) {} }
        let engines = fixture.engines()
        #expect(engines.state == .unloaded)
        try engines.load()
        #expect(engines.state == .ready)
        #expect(engines.parts.map { engines.state(of: $0) } == [.ready, .ready, .ready])
        let offered = try engines.offeredTools().map(\.handler.description)
        #expect(offered == ["mcp:s0#one", "mcp:s1#two"])
        #expect(try engines.checkHealth() == .ready)
        var host = NoHost()
        let run = EngineRun(.file(try TreePath("main.js")), input: 1)
        #expect(try engines.run(run, by: .js, host: &host, check: {}).result == 2)
        try engines.unload()
        #expect(engines.state == .unloaded && engines.parts.allSatisfy { engines.state(of: $0) == .unloaded })
        // It can be loaded again.
        try engines.load()
        #expect(engines.state == .ready)
        try engines.unload()
    }

    /// Row S-093: the first that fails stops the loading, and says why.
    @Test func theFirstFailureStops() throws {
        let fixture = try Fixture(["exit=3"])
        defer { withExtendedLifetime(fixture) {} }
        let engines = fixture.engines()
        #expect(throws: AmxError.self) { try engines.load() }
        #expect(Self.failure(engines.state)?.contains("the server 's0' did not start") == true)
        #expect(Self.failure(engines.state(of: .mcp)) != nil && engines.state(of: .js) == .unloaded)
        // Row S-095: health is the first failed one's.
        #expect(try engines.checkHealth() == engines.state(of: .mcp))
        try engines.unload()
        #expect(engines.state == .unloaded)
    }

    @Test func textsThatAreGoneFail() throws {
        let fixture = try Fixture([], skill: false)
        defer { withExtendedLifetime(fixture) {} }
        let engines = fixture.engines()
        #expect(throws: AmxError.self) { try engines.load() }
        #expect(Self.failure(engines.state(of: .static))?.contains("there is no file SKILL.md") == true)
        #expect(engines.state(of: .js) == .ready)
        try engines.unload()
    }

    /// Row S-096: one deadline for all, and three ends.
    @Test func waitingHasThreeEnds() throws {
        let later = MonotonicClock.nanoseconds() + 600_000_000_000
        let (plain, slow, broken) = (try Fixture([]), try Fixture(["tools=1"]), try Fixture(["exit=3"]))
        defer { withExtendedLifetime((plain, slow, broken)) {} }
        #expect(try plain.engines().waitUntilReady(by: later) == .ready)
        let engines = slow.engines()
        #expect(try engines.waitUntilReady(by: MonotonicClock.nanoseconds()) == .timeout)
        #expect(Self.failure(engines.state) == "it was not ready in time")
        guard case .crashed(let why) = try broken.engines().waitUntilReady(by: later) else {
            Issue.record("it did not crash")
            return
        }
        #expect(why.contains("did not start"))
        // What the caller's own check throws is the caller's.
        let stopped = AmxError(.interrupted, "stopped")
        #expect(throws: AmxError.self) {
            try plain.engines().waitUntilReady(by: later) { () throws(AmxError) in throw stopped }
        }
    }

    /// A registry holds capsules with engines; whoever has one can use it also when it was taken out (row S-042).
    @Test func registriesHoldThem() throws {
        let fixture = try Fixture(["tool=one"])
        let registry = CapsuleRegistry()
        let capsule = fixture.capsule()
        try registry.register(capsule)
        registry.register(capsule.instance, for: capsule.id)
        #expect(throws: RegistryFault.alreadyRegistered(capsule.id)) { try registry.register(fixture.capsule()) }
        #expect(registry.capsuleID(of: capsule.instance) == capsule.id)
        try registry.unregister(capsule.id)
        #expect(registry.capsuleID(of: capsule.instance) == nil)
        #expect(try capsule.waitUntilReady(by: MonotonicClock.nanoseconds() + 600_000_000_000) == .ready)
        #expect(try capsule.offeredTools().map(\.tool.name) == ["one"])
        #expect(try capsule.checkHealth() == .ready && capsule.state == .ready)
        try capsule.unload()
        #expect(capsule.state == .unloaded)
        withExtendedLifetime(fixture) {}
    }
}
