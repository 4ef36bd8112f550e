import Foundation
import TestSupport
import Testing

/// `amx demo`, and what it leaves behind: nothing.
@Suite(.onTestThreads, .serialized) struct DemoTests {
    @Test func everythingIsAsItShouldBe() throws {
        let user = try AmxTool()
        let folder = try TemporaryDirectory("amx-e2e-demo")
        let outcome = try Tool.run(
            Executables.amx, ["demo", "--json"], in: user.home.path,
            environment: user.environment.merging(["TMPDIR": folder.path]) { $1 })
        #expect(outcome.status == 0, "\(outcome.errors)")
        let result = try JSONNode(outcome.output)
        #expect(result["ok"].bool == true && result["skipped"] == .array([]) && result["folder"] == .null)
        #expect(result["steps"].array.count > 40 && result["checks"].array.count >= 8)
        #expect(result["checks"].array.allSatisfy { $0["ok"].bool == true })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func aKeptFolderIsNamed() throws {
        let user = try AmxTool()
        let folder = try TemporaryDirectory("amx-e2e-demo")
        for option in ["--json", "--quiet"] {
            let outcome = try Tool.run(
                Executables.amx, ["demo", "--keep", option], in: user.home.path,
                environment: user.environment.merging(["TMPDIR": folder.path]) { $1 })
            #expect(outcome.status == 0, "\(outcome.errors)")
            let kept = try option == "--json" ? JSONNode(outcome.output)["folder"].string ?? "" : outcome.text
            let path = kept.trimmingCharacters(in: .newlines)
            #expect(path.hasPrefix(folder.path) && FileManager.default.fileExists(atPath: "\(path)/hub"), "\(kept)")
        }
    }

    @Test func withoutGitItSaysWhatItSkips() throws {
        let user = try AmxTool()
        let outcome = try Tool.run(
            Executables.amx, ["demo"], in: user.home.path,
            environment: user.environment.merging(["PATH": "/nonexistent"]) { $1 })
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains("SKIPPED: git is not installed"))
        #expect(outcome.text.contains("1 SKIPPED"))
    }

    @Test func itNeedsTheHubBesideItself() throws {
        let folder = try TemporaryDirectory("amx-e2e-demo")
        _ = try Tool.run("/bin/cp", [Executables.amx, folder.appending("amx")])
        let outcome = try Tool.run(
            folder.appending("amx"), ["demo"], environment: ["TMPDIR": folder.path, "NO_COLOR": "1"])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("cannot start a hub: there is no \(folder.path)/amx-hub"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["amx"])
    }
}
