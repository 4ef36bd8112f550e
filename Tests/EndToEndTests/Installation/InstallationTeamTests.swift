import Foundation
import TestSupport
import Testing

/// What one installs, the others get: by the workspace that they share.
@Suite(.onTestThreads) struct InstallationTeamTests {
    @Test func aLockTravelsAndIsCarriedOutByInstall() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token)
        let source = try ReleaseSource(of: ada, remote: hub.remote)
        try source.releaseChain()
        try source.tool.json("push")
        let shop = try ada.workspace("shop", remote: hub.remote)
        try shop.newCapsule("own")
        try shop.json("add", "app")
        try shop.json("commit", "-m", "Team")
        // What is installed is its owner's: only what is developed here is pushed.
        let pushed = try shop.json("push")
        #expect(pushed["pushed"].array.map { $0["id"].string } == ["own"])
        #expect(pushed["workspace"]["refs"][0]["status"].string == "ok")

        let grace = try AmxTool("Grace", token: hub.token)
        try grace.json("clone", "\(hub.remote)/shop", grace.home.appending("shop"))
        let copy = grace.at(grace.home.appending("shop"))
        let frozen = try copy.run("install", "--frozen", "--approve")
        #expect(frozen.status == 0, "\(frozen.errors)")
        #expect(try copy.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0", "own -"])
        for id in ["app", "leaf", "lib"] { #expect(try copy.show(id) == source.tool.show(id)) }

        try source.release("lib", "1.1.0", needs: ["leaf": "^1.0.0", "extra": "^1.0.0"])
        try source.release("extra", "1.0.0")
        try source.tool.json("push")
        // A pull moves nothing that is installed.
        try copy.json("pull")
        #expect(try copy.installed().contains("lib 1.0.0"))
        try shop.json("update", "lib")
        try shop.json("commit", "-m", "Newer")
        try shop.json("push")
        let lock = try #require(shop.text("amx.lock"))
        try copy.json("pull")
        #expect(copy.text("amx.lock") == lock)
        #expect(try copy.show("lib").commit != shop.show("lib").commit)
        let status = try copy.run("status")
        #expect(status.text.contains("`amx install` brings"), "\(status.text)")
        let preview = try copy.json("install", "--frozen", "--dry-run")
        #expect(preview["capsulesToUpdate"].array.map { $0["from"].string } == ["1.0.0"])
        let installed = try copy.json("install", "--frozen")
        #expect(installed["capsulesToUpdate"].array.map { $0["version"].string } == ["1.1.0"])
        #expect(copy.text("amx.lock") == lock)
        #expect(try copy.show("lib") == shop.show("lib"))
        #expect(try copy.installed() == ["app 1.0.0", "extra 1.0.0", "leaf 1.0.0", "lib 1.1.0", "own -"])
        #expect(try copy.eventTypes().contains("updated lib"))
        #expect(try copy.json("install", "--frozen")["operation"] == .null)
        #expect(try copy.run("audit").status == 0 && copy.run("fsck").status == 0)
    }

    @Test func aLockThatDoesNotFitIsDrift() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        try source.release("solo", "1.0.0")
        let shop = try user.workspace("shop", remote: source.path)
        try shop.json("add", "app")
        let before = (shop.text("amx.lock"), try shop.installed())
        let manifest = URL(fileURLWithPath: "\(shop.directory)/amx.json")
        for (text, words) in [
            (#"{"name": "shop", "dependencies": {"app": "^1.0.0", "solo": "^1.0.0"}}"#, "solo"),
            (#"{"name": "shop", "dependencies": {"lib": "^1.0.0"}}"#, "app"),
            (#"{"name": "shop", "dependencies": {"app": "^2.0.0"}}"#, "app"),
        ] {
            try Data(text.utf8).write(to: manifest)
            try shop.fails(5, "install", "--frozen", saying: words)
            #expect((shop.text("amx.lock"), try shop.installed()) == before)
        }
        try Data(#"{"name": "shop", "dependencies": {"app": "^1.0.0", "solo": "^1.0.0"}}"#.utf8).write(to: manifest)
        try shop.json("install")
        #expect(try shop.installed().contains("solo 1.0.0"))
        #expect(try shop.run("install", "--frozen").status == 0)
    }

    /// Two installs at once, killed now and then: one state at the end, whole.
    @Test func twoAtOnceAndKilledEndWhole() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        try source.release("lib", "1.1.0", needs: ["leaf": "^1.0.0"])
        let shop = try user.workspace("shop", remote: source.path)
        try shop.json("add", "app")
        var random = SeededGenerator(seed: 9)
        for round in 0..<8 {
            let commands = [["rollback", "lib", round % 2 == 0 ? "1.0.0" : "1.1.0"], ["update"]]
            let runs = try commands.map { try shop.start($0) }
            usleep(UInt32.random(in: 1_000...120_000, using: &random))
            runs[round % 2].send(SIGKILL)
            for run in runs { _ = run.waitUntilExit() }
            let lib = try shop.installed()
            #expect(
                lib == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"] || lib == ["app 1.0.0", "leaf 1.0.0", "lib 1.1.0"])
            #expect(try shop.run("audit").status == 0)
        }
        try shop.json("update")
        #expect(try shop.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.1.0"])
        #expect(try shop.run("fsck").status == 0)
        for id in ["app", "leaf", "lib"] { try shop.check(id) }
        let pending = try? FileManager.default.contentsOfDirectory(atPath: "\(shop.directory)/.aimatrix/pending")
        #expect(pending ?? [] == [])
    }
}
