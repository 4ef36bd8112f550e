import Foundation
import TestSupport
import Testing

/// What an update consists of, the versions that it goes through, and what can be gone back to.
@Suite(.onTestThreads) struct UpdateCommandsTests {
    private func pair(throughAHub: Bool = false) throws -> (source: ReleaseSource, shop: AmxTool, hub: HubProcess?) {
        let hub = throughAHub ? try HubProcess() : nil
        let user = try AmxTool(token: hub?.token)
        let source = try ReleaseSource(of: user, remote: hub?.remote)
        return (source, try user.workspace("shop", remote: hub?.remote ?? source.path), hub)
    }

    private func events(_ shop: AmxTool, _ type: String) throws -> [JSONNode] {
        try shop.json("events", "--type", type)["events"].array
    }

    @Test func stepsAreShownAndRecorded() throws {
        let (source, shop, _) = try pair()
        try source.release("app", "1.0.0")
        let added = try shop.json("add", "app")
        #expect(added["capsulesToUpdate"] == .array([]) && added["through"] == .array([]))
        try source.tool.write("app", "src/main.js", "1\n")
        try source.tool.write("app", "knowledge/schemas/refund.json", #"{"type": "object"}"#)
        try source.release("lib", "1.0.0")
        try source.release("app", "1.1.0", needs: ["lib": "^1.0.0"], #""env": {"TOKEN": {}}"#)
        let preview = try shop.run("update", "--dry-run")
        #expect(preview.status == 0, "\(preview.errors)")
        let updated = try shop.json("update", "--approve")["capsulesToUpdate"][0]
        #expect(updated["id"].string == "app" && updated["from"].string == "1.0.0")
        let kinds = updated["steps"].array.map { $0["kind"].string }
        #expect(
            kinds == ["schema_migration", "code_update", "configuration_change", "dependency_update"], "\(updated)")
        #expect(updated["steps"].array.map { $0["breaking"].bool } == [false, false, false, false], "\(updated)")
        #expect(updated["steps"][3]["subjects"].array.map(\.string) == ["lib"])
        let event = try #require(try events(shop, "updated").first)["payload"]
        #expect(event["newVersion"].string == "1.1.0" && event["oldVersion"].string == "1.0.0")
        #expect(event["steps"].array.map { $0["kind"].string } == kinds)
        #expect(event["steps"][0]["count"].int == 1)
        // Going back is the same the other way round, in its own type of event.
        let back = try shop.run("rollback", "app", "--dry-run")
        #expect(back.text.contains("    dependency_update: lib"), "\(back.text)")
        try shop.json("rollback", "app")
        let rolled = try #require(try events(shop, "rolled_back").first)["payload"]
        #expect(rolled["newVersion"].string == "1.0.0" && rolled["steps"].array.count == 4)
        #expect(try shop.installed() == ["app 1.0.0"])
        // What an installation took is told, in milliseconds.
        for event in try events(shop, "installed") {
            let payload = event["payload"]
            #expect((payload["duration"].int ?? -1) >= 0 && payload["installationId"].string != nil, "\(payload)")
            #expect(payload["version"].string == "1.0.0")
        }
    }

    /// 3.0.0 can be reached from 2 only, and 2.0.0 from 1.5 and later.
    @Test(arguments: [false, true]) func versionsBetweenAreGoneThrough(throughAHub: Bool) throws {
        let (source, shop, hub) = try pair(throughAHub: throughAHub)
        func publish(_ version: String, _ from: String? = nil) throws {
            try source.release("app", version, from.map { #""updatesFrom": "\#($0)""# } ?? "")
            if throughAHub { try source.tool.json("push") }
        }
        try publish("1.0.0")
        try shop.json("add", "app@>=1.0.0")
        for (version, from) in [("1.5.0", nil), ("1.6.0", nil), ("2.0.0", ">=1.5.0 <2.0.0"), ("3.0.0", "^2.0.0")] {
            try publish(version, from)
        }
        let preview = try shop.json("update", "--dry-run")
        #expect(preview["through"].array.map { $0["version"].string } == ["1.6.0", "2.0.0"], "\(preview)")
        #expect(try shop.installed() == ["app 1.0.0"])
        let updated = try shop.json("update")
        #expect(updated["through"].array.map { $0["version"].string } == ["1.6.0", "2.0.0"])
        #expect(updated["capsulesToUpdate"][0]["from"].string == "2.0.0")
        #expect(try shop.installed() == ["app 3.0.0"])
        let moves = try events(shop, "updated").map { event in
            "\(event["payload"]["oldVersion"].string ?? "") \(event["payload"]["newVersion"].string ?? "")"
        }
        #expect(moves == ["1.0.0 1.6.0", "1.6.0 2.0.0", "2.0.0 3.0.0"])
        #expect(try !shop.eventTypes().contains("error app"))
        // Each of them can be gone back to.
        let list = try shop.json("undo", "--list")["operations"].array
        #expect(
            list.map { $0["command"].string } == [
                "amx update", "amx update app@2.0.0", "amx update app@1.6.0", "amx add app@>=1.0.0",
            ])
        try shop.json("undo", "--to", try #require(list[2]["commit"].string))
        #expect(try shop.installed() == ["app 1.6.0"])
        #expect(try events(shop, "rolled_back").last?["payload"]["newVersion"].string == "1.6.0")
        try shop.json("undo")
        #expect(try shop.installed() == ["app 3.0.0"])
        // Where the requirement does not allow them, the way is told.
        try shop.json("remove", "app")
        try shop.json("add", "app@=1.0.0")
        let refused = try shop.run("add", "app@^3.0.0", "--json")
        let error = try JSONNode(Array(refused.errors.utf8))["error"]
        #expect(refused.status == 6 && error["details"]["through"].array.map(\.string) == ["1.6.0", "2.0.0", "3.0.0"])
        #expect(error["message"].string?.contains("has to go through 1.6.0, 2.0.0") == true)
        #expect(try shop.installed() == ["app 1.0.0"])
        #expect(try shop.run("audit").status == 0 && shop.run("fsck").status == 0)
        withExtendedLifetime(hub) {}
    }

    @Test func theOrderOfLoadingIsShown() throws {
        let (source, shop, _) = try pair()
        #expect(try shop.json("tree", "--load") == .object(["order": .array([]), "unmet": .array([])]))
        try source.release("desk", "1.0.0", #""requires": ["topic:orders.*", "tool:print"]"#)
        try source.release("orders", "1.0.0", #""provides": ["topic:orders.created"]"#)
        try source.release("archive", "1.0.0", #""requires": ["topic:orders.created"]"#)
        for id in ["archive", "desk", "orders"] { try shop.json("add", id) }
        let shown = try shop.run("tree", "--load")
        #expect(shown.text == "orders\narchive\ndesk\n", "\(shown.text)")
        #expect(shown.errors == "warning: desk requires tool:print, which nobody provides\n", "\(shown.errors)")
        let value = try shop.json("tree", "--load")
        #expect(value["order"].array.map(\.string) == ["orders", "archive", "desk"])
        #expect(
            value["unmet"] == .array([.object(["id": .string("desk"), "requirement": .string("tool:print")])]))
        // What is developed here counts too, also where that closes a circle.
        try shop.write(
            "orders-tool", "manifest.json",
            """
            {"id": "orders-tool", "name": "T", "version": "1.0.0", \
            "tools": [{"name": "print", "description": "d", "inputSchema": {}, "handler": "print.py"}], "requires": ["topic:desk.open"]}
            """)
        #expect(try shop.json("tree", "--load")["order"].array.map(\.string).last == "desk")
        try source.release(
            "desk", "1.1.0", #""requires": ["topic:orders.*", "tool:print"], "provides": ["topic:desk.open"]"#)
        try shop.json("update")
        let refused = try shop.fails(
            1, "tree", "--load", saying: "dependency cycle detected (involved nodes): desk, orders-tool")
        #expect(refused.errors.contains("which comes before"), "\(refused.errors)")
        try shop.fails(2, "tree", "desk", "--load", saying: "stands alone")
    }

    @Test func theRecordOfAnInstallationIsShown() throws {
        let (source, shop, _) = try pair()
        try source.release("app", "1.0.0")
        try shop.json("add", "app")
        try shop.json("configure", "app", "language=de")
        let record = try shop.json("events", "--state", "--record", "app")["installations"][0]
        #expect(record["capsuleId"].string == "app" && record["status"].string == "active")
        #expect(record["configuration"]["language"].string == "de" && record["version"].string == "1.0.0")
        #expect(record["accessCount"].int == 0 && record["retryCount"].int == 0 && record["errorMessage"] == .null)
        #expect(try shop.run("events", "--state", "--record").text.contains("used 0 times"))
        try shop.fails(3, "events", "--state", "--record", "lib", saying: "there are no events of lib")
        try shop.fails(2, "events", "--record", saying: "go with --state")
    }
}
