import Foundation
import TestSupport
import Testing

/// Pushes that break off in the middle of a pack, and go on.
@Suite(.onTestThreads) struct ResumedPushTests {
    /// Bytes of noise in the capsule, as text; its pack has three quarters of that.
    private static let noise = 4_000_000

    fileprivate struct Site {
        let hub: HubProcess
        let ada: AmxTool
        let proxy: CuttingProxy
        var generator = SeededGenerator(seed: 2_027)

        init() throws {
            hub = try HubProcess()
            proxy = try CuttingProxy(to: hub.url)
            ada = try AmxTool("Ada", token: hub.token).workspace(remote: "http://127.0.0.1:\(proxy.port)/acme")
            try ada.newCapsule("demo")
            try grow("noise")
        }

        mutating func grow(_ name: String, bytes: Int = ResumedPushTests.noise) throws {
            try ada.write(
                "demo", "knowledge/\(name).txt", Data(generator.bytes(bytes * 3 / 4)).base64EncodedString())
            try ada.json("commit", "demo", "-m", name)
        }

        /// The packs that the hub has kept.
        var kept: [String] {
            let files = FileManager.default.enumerator(atPath: "\(hub.data)/kept")?.allObjects ?? []
            return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".pack") }.map { "\(hub.data)/kept/\($0)" }
        }

        /// How long the packs are that the hub has kept.
        private var lengths: [Int] {
            kept.compactMap { try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int }
        }

        /// Breaks a push off behind a number of bytes, and waits until the hub has noticed and keeps more than before, or something else.
        ///
        /// A hub on a busy machine may not even have begun when the client is told that it broke.
        func breakOff(behind bytes: Int, _ tool: AmxTool? = nil) throws {
            let before = lengths
            try proxy.cut(requests: bytes)
            try (tool ?? ada).fails(8, "push", "origin", "demo")
            try proxy.cut()
            try Patience.waits { try hub.leftovers().isEmpty && kept.count == 1 && lengths != before }
        }

        func expectWhole() throws {
            #expect(try hub.refs("demo")["refs/heads/main"] == ada.show("demo").commit)
            try hub.check("demo")
            #expect(kept == [])
        }
    }

    @Test func goesOnWhereItBroke() throws {
        let site = try Site()
        var total = 0
        for limit in [1_500_000, 400_000, 500_000] {
            try site.breakOff(behind: limit)
            total += try site.proxy.passed().requests
            #expect(try site.kept.count == 1 && site.hub.refs("demo") == [:])
        }
        let pushed = try site.ada.json("push", "origin", "demo")["pushed"][0]
        total += try site.proxy.passed().requests
        #expect((pushed["resumedBytes"].int ?? 0) > 2_000_000)
        #expect(total > Self.noise * 3 / 4 && total < Self.noise * 3 / 4 + 400_000, "\(total)")
        try site.expectWhole()
        #expect(try site.ada.json("push", "origin", "demo")["pushed"][0]["resumedBytes"].int == 0)
        let copy = try GitCopy(cloning: site.hub.address("demo"))
        #expect(try copy.head == site.ada.show("demo").commit)
    }

    @Test func outlivesKills() throws {
        let site = try Site()
        try site.breakOff(behind: 1_500_000)
        // The client is killed while the hub takes the rest, then the hub itself.
        try site.proxy.cut(pause: 0.02)
        for round in 1...2 {
            let push = try site.ada.start("push", "origin", "demo")
            usleep(round == 1 ? 700_000 : 400_000)
            if round == 1 { push.send(SIGKILL) } else { site.hub.kill() }
            push.waitUntilExit()
            if round == 2 {
                try site.hub.start()
                try site.proxy.follow(site.hub.url)
            }
        }
        try site.proxy.cut()
        let pushed = try site.ada.json("push", "origin", "demo")["pushed"][0]
        #expect(pushed["refs"][0]["status"].string == "up-to-date" || (pushed["resumedBytes"].int ?? 0) > 1_000_000)
        try site.expectWhole()
    }

    @Test(arguments: ["flip", "truncate", "grow", "gone", "note"]) func throwsAwayWhatIsDamaged(damage: String) throws {
        let site = try Site()
        try site.breakOff(behind: 2_000_000)
        let pack = try #require(site.kept.first)
        let path = damage == "note" ? "\((pack as NSString).deletingLastPathComponent)/note" : pack
        if damage == "gone" {
            try FileManager.default.removeItem(atPath: "\(site.hub.data)/kept")
        } else {
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            switch damage {
            case "truncate": try file.truncate(atOffset: 1_000)
            case "grow":
                try file.seekToEnd()
                try file.write(contentsOf: Data(repeating: 7, count: 9_000_000))
            default: try file.write(contentsOf: Data([0x58, 0x59, 0x5A]))
            }
            try file.close()
        }
        let pushed = try site.ada.json("push", "origin", "demo")["pushed"][0]
        #expect(pushed["resumedBytes"].int == (damage == "truncate" ? 1_000 : 0))
        try site.expectWhole()
    }

    @Test func anotherPushBeginsAnew() throws {
        var site = try Site()
        try site.breakOff(behind: 2_000_000)
        // Another token is told of nothing, and another commit is another push.
        let other = try site.hub.makeToken("write").text
        #expect(try site.offer(site.hub.token).contains(":"))
        #expect(try site.offer(other) == "amx-resume")
        try site.grow("more", bytes: 1_000)
        let pushed = try site.ada.json("push", "origin", "demo")["pushed"][0]
        #expect(pushed["resumedBytes"].int == 0)
        try site.expectWhole()

        // The hub's refs move in between: the same.
        try site.grow("noise-2")
        try site.breakOff(behind: 2_000_000)
        #expect(site.kept.count == 1)
        let grace = try GitCopy(cloning: site.hub.address("demo"))
        try grace.write("knowledge/grace.md", "x\n")
        try grace.commit("Grace")
        try grace.git("push", "--quiet", site.hub.address("demo"), "main:other")
        let later = try site.ada.json("push", "origin", "demo")["pushed"][0]
        #expect((later["resumedBytes"].int ?? 0) > 1_000_000 || later["resumedBytes"].int == 0)
        try site.expectWhole()
    }

    @Test func gitKeepsNothing() throws {
        let site = try Site()
        try site.proxy.cut(requests: 2_000_000)
        let work = try GitCopy(capsule: "tool")
        var generator = SeededGenerator(seed: 9)
        try work.write("knowledge/noise.txt", Data(generator.bytes(3_000_000)).base64EncodedString())
        try work.commit("Noise")
        let address = site.hub.address("tool").replacingOccurrences(
            of: site.hub.url.split(separator: "/").last ?? "", with: "127.0.0.1:\(site.proxy.port)")
        #expect(try work.attempt("push", address, "main").status != 0)
        try Patience.waits { try site.hub.leftovers().isEmpty }
        #expect(site.kept == [])
        try site.proxy.cut()
        try work.git("push", "--quiet", address, "main")
        try site.hub.check("tool")
    }
}

extension ResumedPushTests.Site {
    /// What the hub says to a token of packs that it goes on with.
    fileprivate func offer(_ token: String) throws -> String {
        let request = try Tool.run(
            "curl",
            ["-s", "-u", "x:\(token)", "\(hub.url)/acme/demo.git/info/refs?service=git-receive-pack"])
        let words = request.text.split { $0 == " " || $0 == "\0" || $0 == "\n" }
        return words.first { $0.hasPrefix("amx-resume") }.map(String.init) ?? ""
    }
}
