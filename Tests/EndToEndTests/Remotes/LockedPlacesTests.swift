import Foundation
import TestSupport
import Testing

/// A shared workspace whose lock names places that whoever clones it has never heard of.
@Suite(.onTestThreads) struct LockedPlacesTests {
    /// A team's hub, and another one with `gear`; the team's workspace requires that from there.
    private struct Team {
        let hub: HubProcess
        let vendor: HubProcess
        let shop: AmxTool

        init() throws {
            hub = try HubProcess(arguments: ["--public-read"])
            vendor = try HubProcess(arguments: ["--public-read"])
            let maker = try ReleaseSource(of: AmxTool("Maker", token: vendor.token), remote: vendor.remote)
            try maker.release("gear", "1.0.0")
            try maker.tool.json("push")
            shop = try AmxTool("Ada").workspace("shop", remote: hub.remote)
            try shop.json("remote", "add", "vendor", vendor.remote)
            try shop.json("add", "gear", "--remote", "vendor")
        }

        func share() throws {
            try shop.json("commit", "-m", "Team")
            try shop.with(token: hub.token).json("push")
        }

        /// Without what `amx.json` says of remotes, as of a lock that somebody has written.
        func forget() throws {
            let text = try #require(shop.text("amx.json"))
            let stripped = text.replacing(/,\n  "remotes": \{[^}]*\}/, with: "")
            #expect(stripped != text)
            try stripped.write(toFile: "\(shop.directory)/amx.json", atomically: true, encoding: .utf8)
        }

        func clone(_ name: String) throws -> (copy: AmxTool, outcome: Tool.Outcome) {
            let user = try AmxTool(name)
            let outcome = try user.run("clone", "\(hub.remote)/shop", user.home.appending("shop"))
            return (user.at(user.home.appending("shop")), outcome)
        }
    }

    private func remotes(_ copy: AmxTool) throws -> [String] {
        try copy.json("remote")["remotes"].array.map { "\($0["name"].string ?? "") \($0["url"].string ?? "")" }
    }

    @Test func aRemoteOfTheManifestIsToldAddedAndAsked() throws {
        let team = try Team()
        #expect(team.shop.text("amx.json")?.contains("\"vendor\": \"\(team.vendor.remote)\"") == true)
        try team.share()
        let (copy, outcome) = try team.clone("Grace")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains(
                "amx.json names the remote vendor, which is added and asked: \(team.vendor.remote)"),
            "\(outcome.errors)")
        #expect(try remotes(copy) == ["origin \(team.hub.remote)", "vendor \(team.vendor.remote)"])
        #expect(try copy.installed() == ["gear 1.0.0"])
        #expect(try copy.run("install", "--frozen").status == 0)
    }

    @Test func aPlaceThatOnlyTheLockNamesIsNotAsked() throws {
        let team = try Team()
        try team.forget()
        try team.share()
        let before = try team.vendor.log()
        let (copy, outcome) = try team.clone("Grace")
        #expect(outcome.status == 0 && outcome.errors.contains("left out: gear"), "\(outcome.errors)")
        #expect(outcome.errors.contains("`amx remote add NAME \(team.vendor.remote)`"))
        #expect(try team.vendor.log() == before)
        #expect(try remotes(copy) == ["origin \(team.hub.remote)"])
        #expect(try copy.installed() == [])
        let pulled = try copy.json("pull")
        #expect(pulled["leftOut"].array.map { $0["id"].string } == ["gear"])
        #expect(try team.vendor.log() == before)
        // Named by oneself, under any name, it is asked.
        try copy.json("remote", "add", "mine", team.vendor.remote)
        #expect(try copy.json("pull")["leftOut"].array.isEmpty)
        #expect(try copy.installed() == ["gear 1.0.0"])
        #expect(try remotes(copy).count == 2)
    }

    /// What is told of a lock's place, to be copied, is a word of a command line, without what may be a secret.
    @Test(
        arguments: [
            ("https://ada:secret@evil.example/x", nil), ("https://secret@evil.example/x", "https://evil.example/x"),
            ("/srv/it's; touch pwned", #"'/srv/it'\''s; touch pwned'"#), ("gopher://secret@evil.example/x", nil),
        ] as [(String, String?)]) func aLocksTextIsNoAdvice(_ source: String, _ word: String?) throws
    {
        let team = try Team()
        try team.forget()
        let lock = try #require(team.shop.text("amx.lock"))
        let forged = lock.replacing("\"\(team.vendor.remote)\"", with: "\"\(source)\"")
        #expect(forged != lock)
        try forged.write(toFile: "\(team.shop.directory)/amx.lock", atomically: true, encoding: .utf8)
        try team.share()
        let (copy, outcome) = try team.clone("Grace")
        #expect(outcome.status == 0 && outcome.errors.contains("left out: gear"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("secret"), "\(outcome.errors)")
        #expect(outcome.errors.contains("amx remote add") == (word != nil))
        if let word { #expect(outcome.errors.contains("`amx remote add NAME \(word)`"), "\(outcome.errors)") }
        let left = try copy.json("pull")["leftOut"][0]["source"].string
        #expect(left == source.replacing(/\/\/.*@/, with: "//***@"))
    }

    /// One address of `amx.json` that nobody can use is in nobody's way.
    @Test func aBadAddressOfTheManifestIsLeftOut() throws {
        let team = try Team()
        try team.share()
        let (early, _) = try team.clone("Early")
        let text = try #require(team.shop.text("amx.json"))
        let other = text.replacing(
            "\"remotes\": {", with: "\"remotes\": {\n    \"bad\": \"https://ada:secret@evil.example/x\",")
        #expect(other != text)
        try other.write(toFile: "\(team.shop.directory)/amx.json", atomically: true, encoding: .utf8)
        try team.share()
        let (copy, outcome) = try team.clone("Grace")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("amx.json names the remote bad, which is left out: "), "\(outcome.errors)")
        #expect(!outcome.errors.contains("secret"))
        #expect(try remotes(copy) == ["origin \(team.hub.remote)", "vendor \(team.vendor.remote)"])
        #expect(try copy.installed() == ["gear 1.0.0"])
        // Where nothing is missing, nobody's address is looked at.
        for tool in [early, copy] {
            let pulled = try tool.run("pull")
            #expect(pulled.status == 0 && pulled.errors == "", "\(pulled.errors)")
        }
    }

    /// A name that one has is never given to another address, nor is another remote put in its place.
    @Test func aRemoteThatIsHereStays() throws {
        let team = try Team()
        try team.forget()
        try team.share()
        let (copy, _) = try team.clone("Grace")
        try copy.json("remote", "add", "vendor", "\(team.hub.url)/other")
        try team.shop.json("add", "gear", "--remote", "vendor")
        try team.share()
        let before = try team.vendor.log()
        let pulled = try copy.json("pull")
        #expect(pulled["leftOut"].array.map { $0["source"].string } == [team.vendor.remote])
        #expect(try remotes(copy) == ["origin \(team.hub.remote)", "vendor \(team.hub.url)/other"])
        #expect(try team.vendor.log() == before)
    }
}
