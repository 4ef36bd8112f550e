import Foundation
import TestSupport
import Testing

/// Optional requirements are looked for when something asks for them, and not again as long as nothing has changed.
@Suite(.onTestThreads) struct OptionalInstallTests {
    private func pair() throws -> (source: ReleaseSource, shop: AmxTool) {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        let shop = try user.workspace("shop")
        try shop.json("remote", "add", "origin", source.path)
        return (source, shop)
    }

    private func require(_ members: String, in shop: AmxTool) throws {
        try #"{"name": "shop", \#(members)}"#.write(
            toFile: "\(shop.directory)/amx.json", atomically: true, encoding: .utf8)
    }

    private static let wantsTwo = #""optionalDependencies": {"leaf": "^1.0.0", "later": "^1.0.0"}"#

    @Test func addBringsWhatIsOptional() throws {
        let (source, shop) = try pair()
        try source.release("leaf", "1.0.0")
        let added = try shop.json("add", "leaf", "--optional")
        #expect(added["capsulesToInstall"][0]["id"].string == "leaf", "\(added)")
        #expect(try shop.installed() == ["leaf 1.0.0"])
    }

    /// What is written into `amx.json` by hand comes too; what cannot be had is told, and not looked for each time.
    @Test func installBringsWhatCanBeHad() throws {
        let (source, shop) = try pair()
        try source.release("leaf", "1.0.0")
        try require(Self.wantsTwo, in: shop)
        let outcome = try shop.run("install")
        #expect(outcome.status == 0 && outcome.text.contains("later is optional and left out: "), "\(outcome)")
        #expect(try shop.installed() == ["leaf 1.0.0"])

        // Known: whoever asked would find no place any more.
        let away = source.path + "-away"
        try FileManager.default.moveItem(atPath: source.path, toPath: away)
        for _ in 0..<2 {
            let again = try shop.run("install")
            #expect(again.status == 0 && again.text == "Everything that is required is here\n", "\(again)")
        }
        try FileManager.default.removeItem(atPath: "\(shop.directory)/.aimatrix/cache/installed")
        #expect(try shop.run("install").status == 0)
        try FileManager.default.moveItem(atPath: away, toPath: source.path)

        // It is released later: an update looks again, and so does an installation that nothing is known of.
        try source.release("later", "1.0.0")
        #expect(try shop.json("install")["capsulesToInstall"].array.isEmpty)
        try FileManager.default.removeItem(atPath: "\(shop.directory)/.aimatrix/cache")
        #expect(try shop.run("install", "--frozen").status == 0)
        #expect(try shop.installed() == ["leaf 1.0.0"])
        #expect(try shop.json("install")["capsulesToInstall"][0]["id"].string == "later")
        #expect(try shop.installed() == ["later 1.0.0", "leaf 1.0.0"])
    }

    /// What a capsule wishes for that is here already is looked for when `amx.json` changes, and `add` always looks.
    @Test func wishesOfOthersAreLookedFor() throws {
        let (source, shop) = try pair()
        try source.release("app", "1.0.0", #""optionalDependencies": {"extra": "^1.0.0"}"#)
        let first = try shop.json("add", "app")
        #expect(first["leftOut"][0]["id"].string == "extra" && first["leftOut"][0]["requiredBy"].string == "app")
        try source.release("extra", "1.0.0")
        #expect(try shop.json("install")["capsulesToInstall"].array.isEmpty)
        #expect(try shop.json("add", "app")["capsulesToInstall"][0]["id"].string == "extra")
        #expect(try shop.installed() == ["app 1.0.0", "extra 1.0.0"])
    }
}
