import Capsules
import Objects
import Testing

@testable import Runners

@Suite("Runners: what runs") struct RunTargetTests {
    private static let manifest = """
        {"id": "a", "name": "A", "version": "1.0.0", "securityLevel": "MODERATE", "runtime": {"main": "main.js"},
         "tools": [{"name": "low", "description": "d", "inputSchema": {}, "handler": "t.py", "securityLevel": "SAFE"},
                   {"name": "high", "description": "d", "inputSchema": {}, "handler": "t.js", "engine": "process",
                    "securityLevel": "DANGEROUS"}]}
        """

    @Test func aToolNeverLowersItsCapsule() throws {
        let manifest = try Manifest.parse(Array(Self.manifest.utf8))
        let low = try RunTarget("low", of: manifest)
        #expect(low.level == .moderate && low.engine == .process && low.tool?.name == "low")
        let high = try RunTarget("high", of: manifest)
        #expect(high.level == .dangerous && high.engine == .process)
        let main = try RunTarget(nil, of: manifest)
        #expect(main.level == .moderate && main.engine == .js && main.tool == nil)
        #expect(throws: AmxError.self) { try RunTarget("LOW", of: manifest) }
    }

    @Test func withoutAMainNothingRunsByItself() throws {
        let manifest = try Manifest.parse(Array(#"{"id": "a", "name": "A", "version": "1.0.0"}"#.utf8))
        let error = #expect(throws: AmxError.self) { try RunTarget(nil, of: manifest) }
        #expect(error?.code == .notFound && error?.hint?.contains("it has no tools") == true)
    }
}
