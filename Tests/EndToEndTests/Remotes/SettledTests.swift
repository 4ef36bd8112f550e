import Foundation
import TestSupport
import Testing

/// Pulls and fetches that have nothing to do are told by metadata, which shows every change that matters.
@Suite(.onTestThreads) struct SettledTests {
    private static let ids = ["c0", "c1", "c2"]

    /// A hub with three capsules, and a workspace that has pulled them and knows that there is nothing to do.
    private func settled() throws -> (hub: HubProcess, ada: AmxTool, grace: AmxTool) {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        for id in Self.ids { try ada.newCapsule(id) }
        try ada.json("push", "origin")
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        for id in Self.ids { try grace.json("pull", "origin", id) }
        // What is younger than the clock's step is not believed.
        usleep(50_000)
        for command in ["pull", "fetch", "pull", "fetch"] {
            let outcome = try grace.run(command)
            #expect(outcome.status == 0 && outcome.text.contains("3 capsules are up to date"), "\(outcome.errors)")
        }
        let records = "\(grace.directory)/.aimatrix/cache/settled"
        #expect(try FileManager.default.contentsOfDirectory(atPath: records).count == 2)
        return (hub, ada, grace)
    }

    @Test func everyChangeThatMattersIsSeen() throws {
        let (hub, ada, grace) = try settled()
        try ada.write("c0", "more.md", "more\n")
        try ada.json("commit", "c0", "-m", "More")
        try ada.json("push", "origin", "c0")
        let moved = try grace.run("pull")
        #expect(moved.text.contains("c0 main went from") && moved.text.contains("2 capsules are up to date"))
        #expect(try grace.show("c0") == ada.show("c0"))

        try FileManager.default.removeItem(atPath: grace.packed("c1"))
        #expect(try grace.run("pull").status == 0)
        #expect(FileManager.default.fileExists(atPath: grace.packed("c1")))

        usleep(50_000)
        for _ in 0..<2 { #expect(try grace.run("fetch").text.contains("3 capsules are up to date")) }
        let tracking = "refs/remotes/origin/main"
        try Tool.git(["update-ref", "-d", tracking], in: grace.repository("c2"))
        #expect(try grace.run("fetch").text.contains("2 capsules are up to date"))
        let found = try Tool.git(["rev-parse", tracking], in: grace.repository("c2"))
        #expect(try found == ada.show("c2").commit)

        // All of them are told of where somebody asks for that.
        #expect(try grace.json("pull")["pulled"].array.count == 3)
        #expect(try grace.json("fetch", "origin", "c1")["fetched"].array.count == 1)
        _ = hub
    }

    /// The addresses that a hub was asked for meanwhile, without its own.
    private func requests(_ hub: HubProcess, _ body: () throws -> Void) throws -> [String] {
        let before = try hub.log().split(separator: "\n").count
        try body()
        return try hub.log().split(separator: "\n").dropFirst(before).compactMap { line in
            try JSONNode(Array(line.utf8))["path"].string
        }
    }

    @Test func aPushOfManyWithNothingNewAsksOnce() throws {
        let (hub, ada, _) = try settled()
        let list = "/api/v1/owners/acme/refs"
        let nothing = try requests(hub) {
            let outcome = try ada.run("push")
            #expect(outcome.status == 0 && outcome.text.contains("3 capsules are up to date"), "\(outcome.text)")
        }
        #expect(nothing == [list], "\(nothing)")
        // With a release, and told of each.
        try ada.json("release", "c1")
        let release = try requests(hub) { try ada.json("push") }
        #expect(release.filter { $0.contains("c1.git") }.count == 2 && !release.contains { $0.contains("c0.git") })
        let told = try requests(hub) {
            let pushed = try ada.json("push", "origin", "c0", "c1")["pushed"].array
            #expect(
                pushed.map { $0["refs"].array.map { $0["status"].string } } == [
                    ["up-to-date"], ["up-to-date", "up-to-date"],
                ])
        }
        #expect(told == [list], "\(told)")
        // One that has gone there is pushed as ever.
        try FileManager.default.removeItem(atPath: hub.repository("c2"))
        try ada.json("push")
        #expect(try Tool.git(["rev-parse", "main"], in: hub.repository("c2")) == ada.show("c2").commit)
        hub.kill()
        let unreachable = try ada.run("push")
        #expect(unreachable.status == 8 && unreachable.errors.contains("cannot reach 127.0.0.1"))
    }

    @Test func aDamagedRecordOnlyCostsTime() throws {
        let (hub, _, grace) = try settled()
        let folder = "\(grace.directory)/.aimatrix/cache/settled"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        for command in ["pull", "fetch"] {
            #expect(try grace.run(command).text.contains("3 capsules are up to date"))
        }
        _ = hub
    }
}
