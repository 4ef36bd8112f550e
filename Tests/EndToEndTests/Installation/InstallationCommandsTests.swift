import Foundation
import TestSupport
import Testing

/// Capsules come, move, go and come back, over each kind of remote.
@Suite(.onTestThreads) struct InstallationCommandsTests {
    /// Where releases come from.
    enum Place: String, CaseIterable, Sendable {
        case folder
        case hub
        case plainGit
    }

    /// A source of releases, a user who has it as `origin`, and what has to live as long as they are used.
    private func made(_ place: Place) throws -> (source: ReleaseSource, user: AmxTool, owner: AnyObject?) {
        switch place {
        case .folder:
            let ada = try AmxTool()
            let source = try ReleaseSource(of: ada)
            return (source, try ada.workspace("shop", remote: source.path), nil)
        case .hub:
            let hub = try HubProcess()
            let ada = try AmxTool("Ada", token: hub.token)
            return (try ReleaseSource(of: ada, remote: hub.remote), try ada.workspace("shop", remote: hub.remote), hub)
        case .plainGit:
            let server = try GitBackendProcess()
            for id in ["app", "lib", "leaf"] { try server.create(id) }
            let ada = try AmxTool()
            return (
                try ReleaseSource(of: ada, remote: server.url), try ada.workspace("shop", remote: server.url), server
            )
        }
    }

    private func publish(_ source: ReleaseSource, _ place: Place) throws {
        if place == .folder { return }
        for id in ["app", "lib", "leaf"] { try source.tool.json("push", "origin", id) }
    }

    @Test(arguments: Place.allCases)
    func comesMovesGoesAndComesBack(_ place: Place) throws {
        let (source, shop, owner) = try made(place)
        try source.releaseChain()
        try publish(source, place)

        let added = try shop.json("add", "app")
        #expect(added["capsulesToInstall"].array.map { $0["id"].string } == ["leaf", "lib", "app"])
        #expect(try shop.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
        for id in ["app", "leaf", "lib"] {
            #expect(FileManager.default.fileExists(atPath: shop.packed(id)))
            #expect(try shop.show(id) == source.tool.show(id))
            try shop.check(id)
        }
        #expect(shop.text("amx.json")?.contains(#""app": "^1.0.0""#) == true)
        #expect(try shop.json("install", "--frozen")["operation"] == .null)

        try source.release("lib", "1.1.0", needs: ["leaf": "^1.0.0"])
        try source.release("leaf", "1.1.0")
        try publish(source, place)
        // What is locked stays; what is named moves.
        #expect(try shop.json("install")["operation"] == .null)
        let outdated = try shop.json("outdated")["outdated"].array
        #expect(outdated.map { $0["id"].string } == ["leaf", "lib"])
        #expect(try shop.run("outdated", "--exit-code").status == 1)
        let updated = try shop.json("update", "lib")
        #expect(updated["capsulesToUpdate"].array.map { $0["id"].string } == ["lib"])
        #expect(try shop.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.1.0"])
        try shop.json("update")
        #expect(try shop.installed() == ["app 1.0.0", "leaf 1.1.0", "lib 1.1.0"])

        try shop.json("rollback", "lib")
        #expect(try shop.installed() == ["app 1.0.0", "leaf 1.1.0", "lib 1.0.0"])
        try shop.json("rollback", "leaf", "1.0.0")
        try shop.json("configure", "app", "language=de", "limit=20")
        let removed = try shop.json("remove", "app")
        #expect(removed["capsulesToRemove"].array.map { $0["id"].string } == ["app", "leaf", "lib"])
        #expect(try shop.installed() == [] && shop.text("amx.json")?.contains("app") == false)
        #expect(!FileManager.default.fileExists(atPath: shop.repository("app")))
        // It comes back as it was; what it requires, as it can.
        try shop.json("unremove", "app")
        #expect(try shop.installed().first == "app 1.0.0" && shop.installed().count == 3)
        #expect(try shop.json("configure", "app")["configuration"]["language"].string == "de")
        try shop.json("undo")
        #expect(try shop.installed() == [])
        try shop.json("undo")
        #expect(try shop.installed().first == "app 1.0.0" && shop.installed().count == 3)
        #expect(try shop.run("audit").status == 0)
        #expect(try shop.run("fsck").status == 0)
        #expect(
            try shop.json("undo", "--list")["operations"].array.map { $0["command"].string } == [
                "amx undo", "amx undo", "amx unremove app", "amx remove app", "amx configure app language=de limit=20",
                "amx rollback leaf 1.0.0", "amx rollback lib 1.0.0", "amx update", "amx update lib", "amx add app",
            ])
        withExtendedLifetime(owner) {}
    }

    @Test func everyStepCanBeTakenBackAndDoneAgain() throws {
        let ada = try AmxTool()
        let source = try ReleaseSource(of: ada)
        try source.releaseChain()
        let shop = try ada.workspace("shop", remote: source.path)
        var states: [(String?, String?, [String])] = []
        func state() throws -> (String?, String?, [String]) {
            (shop.text("amx.json"), shop.text("amx.lock"), try shop.installed())
        }
        for command in [["add", "app"], ["update"], ["rollback", "lib"], ["remove", "app"], ["unremove", "app"]] {
            if command == ["update"] { try source.release("lib", "1.2.0") }
            let before = try state()
            let outcome = try shop.run(command)
            #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            let after = try state()
            #expect(before != after, "\(command)")
            try shop.json("undo")
            #expect(try state() == before, "\(command)")
            try shop.json("undo")
            #expect(try state() == after, "\(command)")
            states.append(after)
        }
        #expect(states.count == 5)
        #expect(try shop.run("audit").status == 0)
    }

    @Test func undoIsRefusedWhereTheDocumentsHaveChanged() throws {
        let ada = try AmxTool()
        let source = try ReleaseSource(of: ada)
        try source.releaseChain()
        let shop = try ada.workspace("shop", remote: source.path)
        try shop.fails(3, "undo", saying: "nothing has been done")
        try shop.json("add", "app")
        let manifest = try #require(shop.text("amx.json"))
        try Data((manifest + "\n").utf8).write(to: URL(fileURLWithPath: "\(shop.directory)/amx.json"))
        try shop.fails(6, "undo", saying: "amx.json has changed since")
        try Data(manifest.utf8).write(to: URL(fileURLWithPath: "\(shop.directory)/amx.json"))
        try shop.json("undo")
        #expect(try shop.installed() == [])
    }

    /// What is not committed is never lost: the command is refused, and nothing has changed.
    @Test func changesThatAreNotCommittedKeepACapsule() throws {
        let ada = try AmxTool()
        let source = try ReleaseSource(of: ada)
        try source.releaseChain()
        let shop = try ada.workspace("shop", remote: source.path)
        try shop.json("add", "app")
        try source.release("lib", "1.1.0")
        try source.release("leaf", "1.1.0")
        try shop.json("edit", "lib")
        try shop.write("lib", "knowledge/notes.md", "mine\n")
        let before = (shop.text("amx.json"), shop.text("amx.lock"), try shop.eventTypes())
        try shop.fails(6, "update", saying: "lib")
        try shop.fails(6, "remove", "app", saying: "lib")
        #expect((shop.text("amx.json"), shop.text("amx.lock")) == (before.0, before.1))
        #expect(try shop.eventTypes().filter { !$0.hasPrefix("error ") } == before.2)
        #expect(shop.text("knowledge/capsules/lib/knowledge/notes.md") == "mine\n")
        #expect(try shop.installed().contains("leaf 1.0.0"))
        // Others may be configured and moved.
        try shop.json("configure", "app", "x=1")
        try shop.json("update", "leaf")
        #expect(try shop.installed().contains("leaf 1.1.0"))
        // Who commits it, develops it: it answers from then on.
        try shop.json("commit", "lib", "-m", "Mine")
        #expect(try shop.json("tree")["capsules"].array.map { $0["developed"].bool } == [false, false, true])
        #expect(try shop.json("install")["capsulesToRemove"].array.map { $0["id"].string } == [])
    }
}
