import Foundation
import TestSupport
import Testing

/// An installed capsule is moved by operations alone: pull, merge and switch would bring what nobody was asked about.
@Suite(.onTestThreads) struct HeldCapsuleTests {
    /// A workspace with `lib` 1.0.0, of which there is 1.1.0.
    private func pair() throws -> (source: ReleaseSource, shop: AmxTool) {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        let shop = try user.workspace("shop")
        try shop.json("remote", "add", "origin", source.path)
        try source.release("lib", "1.0.0")
        try shop.json("add", "lib")
        try source.release("lib", "1.1.0")
        try shop.json("fetch", "origin", "lib")
        try shop.json("branch", "lib", "newer", "v1.1.0")
        return (source, shop)
    }

    @Test(arguments: [
        ["pull", "origin", "lib"], ["pull", "origin", "lib", "--merge"], ["merge", "lib", "origin/main"],
        ["merge", "lib", "v1.1.0"], ["switch", "lib", "newer"], ["switch", "lib", "newer", "--keep"],
    ])
    func isNotMoved(_ command: [String]) throws {
        let (_, shop) = try pair()
        let (lock, events) = (shop.text("amx.lock"), try shop.eventTypes())
        let refused = try shop.run(command)
        #expect(refused.status == 6, "\(refused)")
        #expect(refused.errors.contains("only an installation moves it"), "\(refused.errors)")
        #expect(refused.errors.contains("`amx update lib`"), "\(refused.errors)")
        #expect(try shop.installed() == ["lib 1.0.0"] && shop.text("amx.lock") == lock)
        #expect(try shop.eventTypes() == events && shop.run("install", "--frozen").status == 0)
        #expect(try shop.run("cat", "lib", "knowledge/notes.md").text == "lib 1.0.0\n")
    }

    /// What leaves its content as it is goes on, and so do others that are named beside it.
    @Test func whatMovesNothingIsAllowed() throws {
        let (source, shop) = try pair()
        try shop.json("switch", "lib", "mine", "--create")
        try shop.json("switch", "lib", "main")
        try shop.json("merge", "lib", "v1.0.0")
        #expect(try shop.run("pull").status == 0)
        try source.release("other", "1.0.0")
        let outcome = try shop.run("pull", "origin", "lib", "other")
        #expect(outcome.status == 6 && outcome.errors.contains("cannot pull lib"), "\(outcome)")
        #expect(try shop.installed() == ["lib 1.0.0", "other -"])
    }

    /// One that the lock names and that is not here comes by an installation.
    @Test func isNotPulledPastTheLock() throws {
        let (source, shop) = try pair()
        let copy = try shop.at(shop.home.path).workspace("copy")
        try copy.json("remote", "add", "origin", source.path)
        for name in ["amx.json", "amx.lock"] {
            try shop.text(name)?.write(toFile: "\(copy.directory)/\(name)", atomically: true, encoding: .utf8)
        }
        let refused = try copy.run("pull", "origin", "lib")
        #expect(refused.status == 6 && refused.errors.contains("`amx install` brings it"), "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: copy.repository("lib")))
        try copy.json("install")
        #expect(try copy.installed() == ["lib 1.0.0"])
    }

    /// Who edits and commits it develops it from then on.
    @Test func whatIsDevelopedMoves() throws {
        let (_, shop) = try pair()
        try shop.json("edit", "lib")
        try shop.write("lib", "knowledge/mine.md", "mine\n")
        try shop.json("commit", "lib", "-m", "Mine")
        let merged = try shop.json("merge", "lib", "origin/main")
        #expect(merged["result"].string == "merged", "\(merged)")
        #expect(try shop.run("cat", "lib", "knowledge/notes.md").text == "lib 1.1.0\n")
    }
}
