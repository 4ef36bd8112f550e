import Foundation
import TestSupport
import Testing

/// Fetches that break off in the middle of a pack, and go on.
@Suite(.onTestThreads) struct ResumedFetchTests {
    /// Bytes of noise in the capsule, as text; its pack has three quarters of that.
    private static let noise = 3_200_000

    private struct Site {
        let hub: HubProcess
        let ada: AmxTool
        let proxy: CuttingProxy
        var generator = SeededGenerator(seed: 2_026)

        init() throws {
            hub = try HubProcess()
            ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
            proxy = try CuttingProxy(to: hub.url)
            try ada.newCapsule("demo")
            try grow("noise")
        }

        mutating func grow(_ name: String, bytes: Int = ResumedFetchTests.noise) throws {
            try ada.write(
                "demo", "knowledge/\(name).txt", Data(generator.bytes(bytes * 3 / 4)).base64EncodedString())
            try ada.json("commit", "-m", name)
            try ada.json("push")
        }

        var remote: String { "http://127.0.0.1:\(proxy.port)/acme" }

        func puller() throws -> AmxTool { try AmxTool("Grace", token: hub.token).workspace(remote: remote) }

        func expectWhole(_ tool: AmxTool) throws {
            #expect(try tool.show("demo") == ada.show("demo"))
            try tool.check("demo")
            #expect(Self.kept(tool) == [])
            let files = FileManager.default.enumerator(atPath: tool.repository("demo"))?.allObjects ?? []
            #expect(files.compactMap { $0 as? String }.filter { $0.contains("incoming-") } == [])
        }

        /// The packs that are kept for a user.
        static func kept(_ tool: AmxTool) -> [String] {
            let folder = tool.home.appending(".cache/amx/transfers")
            let files = FileManager.default.enumerator(atPath: folder)?.allObjects.compactMap { $0 as? String } ?? []
            return files.filter { $0.hasSuffix(".pack") }.map { "\(folder)/\($0)" }
        }
    }

    @Test func goesOnWhereItBroke() throws {
        var site = try Site()
        let grace = try site.puller()
        var generator = SeededGenerator(seed: 1)
        var total = 0
        var last = 0
        for round in 1...3 {
            let limit = Int.random(in: 300_000...400_000, using: &generator) + (round == 1 ? 1_000_000 : 0)
            try site.proxy.cut(answers: limit)
            try grace.fails(8, "pull", "origin", "demo")
            total += try site.proxy.passed().answers
            let kept = Site.kept(grace)
            let size = try FileManager.default.attributesOfItem(atPath: try #require(kept.first))[.size] as? Int ?? 0
            #expect(kept.count == 1 && size > last + 200_000)
            last = size
        }
        try site.proxy.cut()
        let pulled = try grace.json("pull", "origin", "demo")
        total += try site.proxy.passed().answers
        #expect(pulled["pulled"][0]["resumedBytes"].int == last)
        #expect(total > Self.noise * 3 / 4 && total < Self.noise * 3 / 4 + 300_000, "\(total)")
        try site.expectWhole(grace)

        // The next ones begin anew, thin ones too.
        try site.grow("more", bytes: 2_000_000)
        try site.proxy.cut(answers: 1_300_000)
        try grace.fails(8, "fetch", "origin", "demo")
        #expect(Site.kept(grace).count == 1)
        try site.proxy.cut()
        let fetched = try grace.json("fetch", "origin", "demo")["fetched"][0]
        #expect((fetched["resumedBytes"].int ?? 0) > 1_000_000)
        try grace.json("pull", "origin", "demo")
        try site.expectWhole(grace)
    }

    @Test func aCloneGoesOnInAnotherFolder() throws {
        let site = try Site()
        let grace = try AmxTool("Grace", token: site.hub.token)
        let target = grace.home.appending("copy")
        try site.proxy.cut(answers: 1_800_000)
        try grace.fails(8, "clone", "\(site.remote)/demo.git", target)
        #expect(!FileManager.default.fileExists(atPath: target))
        try site.proxy.cut()
        let cloned = try grace.json("clone", "\(site.remote)/demo.git", "\(target)-2")
        #expect((cloned["resumedBytes"].int ?? 0) > 1_600_000)
        try site.expectWhole(grace.at("\(target)-2"))
    }

    @Test func outlivesKills() throws {
        let site = try Site()
        let grace = try site.puller()
        for (signal, answers, least) in [(SIGKILL, 1_400_000, 1_200_000), (SIGINT, 500_000, 1_600_000)] {
            // In the middle of the pack, for as long as it takes to see that.
            try site.proxy.cut(answers: answers, holding: true)
            let pull = try grace.start("pull", "origin", "demo")
            let hasCome = Patience.waits {
                let path = Site.kept(grace).first
                let size = path.flatMap { try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int } ?? 0
                return size > least
            }
            pull.send(signal)
            pull.waitUntilExit()
            #expect(hasCome && Site.kept(grace).count == 1)
        }
        // The hub dies too, and keeps nothing. Not in the middle: on the loopback the kernel would have taken all that is left.
        site.hub.kill()
        try grace.fails(8, "pull", "origin", "demo")
        #expect(Site.kept(grace).count == 1)
        try site.hub.start()
        try site.proxy.follow(site.hub.url)
        try site.proxy.cut()
        let pulled = try grace.json("pull", "origin", "demo")
        #expect((pulled["pulled"][0]["resumedBytes"].int ?? 0) > 1_600_000)
        try site.expectWhole(grace)
    }

    @Test func finishesTheOldOneFirstWhenTheRemoteHasMoved() throws {
        var site = try Site()
        let grace = try site.puller()
        try site.proxy.cut(answers: 1_800_000)
        try grace.fails(8, "pull", "origin", "demo")
        try site.grow("later", bytes: 20_000)
        try site.proxy.cut()
        _ = try site.proxy.passed()
        let pulled = try grace.json("pull", "origin", "demo")["pulled"][0]
        #expect((pulled["resumedBytes"].int ?? 0) > 1_600_000)
        #expect(pulled["result"].string == "new" && pulled["refs"][0]["old"] == .null)
        #expect(pulled["new"].string == (try site.ada.show("demo").commit))
        #expect(try site.proxy.passed().answers < Self.noise * 3 / 4 - 1_500_000)
        try site.expectWhole(grace)
    }

    @Test func throwsAwayWhatIsDamaged() throws {
        let site = try Site()
        for damage in ["flip", "truncate", "grow", "note", "empty"] {
            let grace = try site.puller()
            try site.proxy.cut(answers: 1_800_000)
            try grace.fails(8, "pull", "origin", "demo")
            try site.proxy.cut()
            let pack = try #require(Site.kept(grace).first)
            let file = try #require(FileHandle(forUpdatingAtPath: damage == "note" ? Self.note(pack) : pack))
            switch damage {
            case "truncate": try file.truncate(atOffset: 1_000)
            case "grow":
                try file.seekToEnd()
                try file.write(contentsOf: Data(repeating: 7, count: 9_000_000))
            case "empty": try file.truncate(atOffset: 0)
            default:
                try file.seek(toOffset: 40)
                try file.write(contentsOf: Data([0x58, 0x59, 0x5A]))
            }
            try file.close()
            let pulled = try grace.json("pull", "origin", "demo")["pulled"][0]
            #expect(pulled["resumedBytes"].int == (damage == "truncate" ? 1_000 : 0), "\(damage)")
            try site.expectWhole(grace)
        }
    }

    private static func note(_ pack: String) -> String {
        ((pack as NSString).deletingLastPathComponent as NSString).appendingPathComponent("note")
    }

    @Test func twoAtOnce() throws {
        let site = try Site()
        let grace = try site.puller()
        try site.proxy.cut(answers: 1_800_000)
        try grace.fails(8, "pull", "origin", "demo")
        try site.proxy.cut(pause: 0.01)
        let other = try grace.at(grace.home.path).workspace("other", remote: site.remote)
        let third = try AmxTool("Linus", token: site.hub.token).workspace(remote: site.remote)
        let running = try [grace, other, third].map { try $0.start("pull", "origin", "demo") }
        for process in running { #expect(process.waitUntilExit() == 0) }
        for tool in [grace, other, third] { try site.expectWhole(tool) }
    }

    @Test func gitGoesByUnaffected() throws {
        let site = try Site()
        let copy = try GitCopy(cloning: site.hub.address("demo"))
        #expect(try copy.head == site.ada.show("demo").commit)
    }
}
