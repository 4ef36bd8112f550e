import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// A whole capsule, whose manifest says which server has its tool.
@Suite("Runners: capsules with servers", .onTestThreads) struct ServerCapsuleTests {
    private static let manifest = """
        {
          "id": "orders", "name": "Orders", "version": "1.0.0",
          "mcpServers": [
            { "id": "main", "command": "python3", "args": ["servers/fake.py"], "hash": "sha256:HASH" }
          ],
          "tools": [
            { "name": "find", "description": "Finds.", "handler": "mcp:main#echo" },
            { "name": "count", "description": "Counts.", "handler": "mcp:main#count", "timeout": 60000 }
          ]
        }
        """

    @Test func aToolOfAServerRuns() throws {
        let folder = try TemporaryDirectory("amx-servers")
        try folder.write("capsule/servers/fake.py", text: FakeServer.text)
        let hash = SHA256Hasher.hash(of: Array(FakeServer.text.utf8)).hex
        let text = Self.manifest.split(separator: "HASH", omittingEmptySubsequences: false).joined(separator: hash)
        let manifest = try Manifest.parse(Array(text.utf8))
        let runner = CapsuleRunner(
            worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        var host = NoHost()
        let target = try RunTarget("find", of: manifest)
        let found = try runner.run(target, input: ["number": "7"], host: &host)
        #expect(found.outcome == .ok, "\(found.error ?? "")")
        #expect(found.result["structuredContent"] == ["number": "7"])
        // Another tool of the same server, which is still there.
        let counted = try runner.run(try RunTarget("count", of: manifest), input: [:], host: &host)
        #expect(counted.result["structuredContent"] == ["calls": 2])
    }
}
