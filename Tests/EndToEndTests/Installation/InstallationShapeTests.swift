import Foundation
import TestSupport
import Testing

/// `--json` of the commands that install, and their exit statuses: what `docs/cli.md` promises.
@Suite(.onTestThreads) struct InstallationShapeTests {
    private func keys(_ node: JSONNode) -> Set<String> {
        guard case .object(let members) = node else { return [] }
        return Set(members.keys)
    }

    private static let plan: Set<String> = [
        "capsulesToInstall", "capsulesToUpdate", "capsulesToRemove", "estimatedSize", "leftOut", "moves",
        "riskAssessment", "approvals", "pendingHooks", "through", "warnings", "operation", "dryRun",
    ]
    private static let step: Set<String> = [
        "id", "version", "from", "commit", "digest", "source", "requestedBy", "size",
    ]

    @Test func everyCommandHasItsKeys() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        let shop = try user.workspace("shop", remote: source.path)
        let added = try shop.json("add", "app", "--dry-run")
        #expect(keys(added).isSuperset(of: Self.plan) && added["dryRun"].bool == true && added["operation"] == .null)
        #expect(try shop.installed() == [] && shop.text("amx.lock") == nil)
        let done = try shop.json("add", "app")
        #expect(keys(done).isSuperset(of: Self.plan) && done["operation"].string?.count == 40)
        let first = done["capsulesToInstall"][0]
        #expect(keys(first).isSuperset(of: Self.step))
        #expect(first["id"].string == "leaf" && first["from"] == .null && first["requestedBy"][0].string == "lib")
        #expect(first["digest"].string == (try source.tool.show("leaf").digest))
        #expect(keys(done["riskAssessment"]).isSuperset(of: ["level", "reasons"]))
        let nothing = try shop.json("install")
        #expect(keys(nothing).isSuperset(of: Self.plan) && nothing["capsulesToInstall"].array.isEmpty)

        try source.release("lib", "1.1.0")
        try source.release("leaf", "2.0.0")
        let outdated = try shop.json("outdated")
        #expect(keys(outdated) == ["outdated"])
        #expect(
            keys(outdated["outdated"][0]).isSuperset(of: ["id", "version", "allowed", "latest", "source", "yanked"]))
        let updated = try shop.json("update")
        #expect(updated["capsulesToUpdate"][0]["from"].string == "1.0.0")
        #expect(keys(updated["capsulesToRemove"][0]).isSuperset(of: ["id", "version"]))
        #expect(updated["capsulesToRemove"][0]["id"].string == "leaf")

        let tree = try shop.json("tree")
        #expect(keys(tree) == ["roots", "capsules"] && tree["roots"].array.map(\.string) == ["app"])
        #expect(keys(tree["capsules"][0]) == ["id", "version", "developed", "requires"])
        #expect(keys(tree["capsules"][0]["requires"][0]) == ["from", "to", "kind", "constraint"])
        let why = try shop.json("why", "lib")
        #expect(keys(why) == ["id", "version", "developed", "path", "requiredBy"])
        #expect(why["path"].array.map { $0["to"].string } == ["app", "lib"] && why["path"][0]["from"] == .null)

        let configured = try shop.json("configure", "app", "limit=20", "name=x", "deep={\"a\":[1]}")
        #expect(keys(configured) == ["id", "configuration"])
        #expect(configured["configuration"]["limit"].int == 20 && configured["configuration"]["name"].string == "x")
        #expect(configured["configuration"]["deep"]["a"][0].int == 1)
        #expect(keys(try shop.json("rollback", "lib")).isSuperset(of: Self.plan))
        #expect(keys(try shop.json("remove", "app")).isSuperset(of: Self.plan))
        #expect(keys(try shop.json("unremove", "app")).isSuperset(of: Self.plan))
        let undone = try shop.json("undo")
        #expect(keys(undone).isSuperset(of: ["undone", "command", "operation", "capsules", "dryRun"]))
        #expect(keys(undone["capsules"][0]) == ["id", "from", "to"] && undone["command"].string == "amx unremove app")
        let list = try shop.json("undo", "--list")["operations"]
        #expect(keys(list[0]).isSuperset(of: ["commit", "command", "time", "undoes"]))
        #expect(list[0]["undoes"] == list[1]["commit"])
    }

    @Test func errorsHaveTheirStatus() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        let shop = try user.workspace("shop", remote: source.path)
        try shop.fails(3, "add", "nothere", saying: "nothere")
        try shop.fails(2, "add", "app@", saying: "no constraint after @")
        try shop.fails(2, "add", "app@^^1", saying: "not a version constraint")
        try shop.fails(6, "add", "app@^7.0.0", saying: "app")
        try shop.fails(3, "update", "app", saying: "not installed")
        try shop.fails(3, "rollback", "app", saying: "not installed")
        try shop.fails(3, "configure", "app", "x=1", saying: "not here")
        try shop.fails(3, "unremove", "app", saying: "not removed")
        try shop.fails(3, "tree", "app", saying: "app")
        #expect(shop.text("amx.lock") == nil && shop.text("amx.json")?.contains("app") == false)
        // Two that cannot be together: the reasons are told, and nothing has changed.
        try source.release("app", "2.0.0", needs: ["lib": "^2.0.0"])
        try source.release("lib", "2.0.0")
        try shop.json("add", "lib@^1.0.0")
        let before = (shop.text("amx.json"), shop.text("amx.lock"))
        let error = try shop.fails(6, "add", "app@^2.0.0", saying: "no versions fit together").errors
        #expect(error.contains("lib ^2.0.0") && error.contains("lib ^1.0.0"), "\(error)")
        #expect((shop.text("amx.json"), shop.text("amx.lock")) == before)
        // The same as a value: each fact by itself, and what would do.
        let value = try JSONNode(Array(try shop.run("add", "app@^2.0.0", "--json").errors.utf8))["error"]
        #expect(keys(value) == ["code", "message", "hint", "details"] && value["code"].string == "conflict")
        let details = value["details"]
        #expect(keys(details) == ["kinds", "minimal", "facts", "steps", "repairs", "denials"])
        #expect(details["minimal"].bool == true && details["denials"] == .array([]))
        #expect(details["kinds"].array.map(\.string) == ["disjointRequirements"])
        let speakers = details["facts"].array.compactMap { $0["by"].string }.sorted()
        #expect(speakers == ["capsule", "workspace", "workspace"])
        for fact in details["facts"].array {
            #expect(
                keys(fact) == [
                    "by", "dependent", "dependentVersions", "place", "kind", "id", "constraint", "source", "versions",
                    "reason", "text",
                ])
            #expect(error.contains(fact["text"].string ?? "-"), "\(fact)")
        }
        let repair = try #require(details["repairs"].array.first { $0["id"].string == "lib" })
        #expect(repair["change"].string == "relax" && repair["version"].string == "2.0.0")
        #expect(error.contains("try: \(repair["text"].string ?? "-")"))
        // A circle is named.
        try source.release("ring", "1.0.0", needs: ["rang": "^1.0.0"])
        try source.release("rang", "1.0.0", needs: ["ring": "^1.0.0"])
        try shop.fails(1, "add", "ring", saying: "Circular dependency detected: rang@1.0.0")
        #expect((shop.text("amx.json"), shop.text("amx.lock")) == before)
        // The place is gone.
        try shop.json("remote", "set-url", "origin", "\(user.home.path)/gone")
        #expect(try shop.run("install", "--frozen").status == 0)
        #expect(try shop.run("add", "app").status != 0)
    }
}
