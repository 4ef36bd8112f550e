import Capsules
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: a capsule's run", .onTestThreads) struct CapsuleRunnerTests {
    private struct OneVisit: HostInterface {
        var kept: JSONValue = .null

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            if method == "kv.get" { return ["found": true, "value": 41] }
            kept = parameters
            return .null
        }
    }

    @Test func toolsOfJavaScriptRun() throws {
        let folder = try TemporaryDirectory("amx-capsule")
        try folder.write(
            "capsule/src/visit.js",
            text: """
                async function handler(input) {
                  const { found, value } = await aimatrix.kv.get({ key: input.customer });
                  await aimatrix.kv.set({ key: input.customer, value: value + 1 });
                  return { visits: found ? value + 1 : 1 };
                }
                """)
        let text = """
            {"id": "a", "name": "A", "version": "1.0.0",
             "tools": [{"name": "visit", "description": "d", "inputSchema": {}, "handler": "src/visit.js"}]}
            """
        let manifest = try Manifest.parse(Array(text.utf8))
        let runner = CapsuleRunner(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        var host = OneVisit()
        for _ in 0..<2 {
            let result = try runner.run(
                try RunTarget("visit", of: manifest), input: ["customer": "c"], isApproved: true, host: &host)
            #expect(result.outcome == .ok, "\(result)")
            #expect(result.result == ["visits": 42])
            #expect(host.kept == ["key": "c", "value": 42])
        }
    }
}
