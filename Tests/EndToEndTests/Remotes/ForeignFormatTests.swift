import TestSupport
import Testing

/// A repository of git's SHA-256 format on a hub: the hub answers 500 with the code `failure`, which is an error and no failure of
/// the network that might go away.
@Suite(.onTestThreads) struct ForeignFormatTests {
    @Test func isAnErrorForEveryCommand() throws {
        let hub = try HubProcess()
        try Tool.git(
            ["init", "--quiet", "--bare", "--object-format=sha256", hub.repository("foreign")], in: hub.folder.path)
        let user = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try user.newCapsule("foreign")
        for command in [
            ["fetch", "origin", "foreign"], ["pull", "origin", "foreign"], ["push", "origin", "foreign"],
            ["clone", "\(hub.remote)/foreign.git", "copy"],
        ] {
            let outcome = try user.run(command)
            #expect(outcome.status == 1, "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("its object format is sha256, not SHA-1"), "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("\nhint: Amx works with SHA-1 repositories only"), "\(command)")
            #expect(!outcome.errors.contains(hub.data))
            let asJSON = try user.run(command + ["--json"])
            #expect(try JSONNode(Array(asJSON.errors.utf8))["error"]["code"].string == "failure", "\(asJSON.errors)")
        }
    }
}
