import Foundation
import TestSupport
import Testing

/// What comes installed with a workspace that others share is here, recorded, and approved by nobody.
@Suite(.onTestThreads) struct WaitingApprovalTests {
    /// A team's workspace with `net`, which asks for much, and `calm`, which asks for nothing; both have been pushed.
    private struct Team {
        let hub: HubProcess
        let source: ReleaseSource
        let shop: AmxTool

        init() throws {
            hub = try HubProcess()
            let ada = try AmxTool("Ada", token: hub.token)
            source = try ReleaseSource(of: ada, remote: hub.remote)
            try source.release("calm", "1.0.0")
            try source.release(
                "net", "1.0.0", needs: [:],
                #""resources": {"network": {"outbound": ["*"]}}, "hooks": {"postInstall": "a.js"}"#)
            try source.tool.json("push")
            shop = try ada.workspace("shop", remote: hub.remote)
            try shop.json("add", "calm")
            try shop.json("commit", "-m", "Team")
            try shop.json("push")
        }

        /// Requires `net`, and shares that.
        func addNet() throws {
            try shop.json("add", "net", "--approve")
            try shop.json("commit", "-m", "More")
            try shop.json("push")
        }

        func clone() throws -> (AmxTool, JSONNode) {
            let grace = try AmxTool("Grace", token: hub.token)
            let result = try grace.json("clone", "\(hub.remote)/shop", grace.home.appending("shop"))
            return (grace.at(grace.home.appending("shop")), result)
        }
    }

    private func waiting(_ copy: AmxTool) throws -> [String] {
        let status = try copy.json("status")["capsules"].array.filter { $0["needsApproval"].bool == true }
        let health = try copy.json("health")["capsules"].array.filter { $0["needsApproval"].bool == true }
        #expect(status.map { $0["id"].string } == health.map { $0["id"].string })
        return status.compactMap { $0["id"].string }
    }

    private func approvals(_ copy: AmxTool) throws -> JSONNode {
        try JSONNode(Array((copy.text(".aimatrix/approvals.json") ?? "{}").utf8))
    }

    /// The events of this copy alone.
    private func own(_ copy: AmxTool) throws -> [String] {
        let replica = try #require(copy.text(".aimatrix/replica")?.split(separator: "\n").first)
        return try copy.json("events")["events"].array.filter { $0["id"].string?.hasPrefix(replica) == true }
            .map { "\($0["eventType"].string ?? "") \($0["capsuleId"].string ?? "")" }
    }

    @Test func aCloneWaitsForApprovalsAndRecordsWhatItHasInstalled() async throws {
        let team = try Team()
        try team.addNet()
        let (copy, cloned) = try team.clone()
        #expect(cloned["waiting"].array.map(\.string) == ["net"])
        #expect(try copy.installed() == ["calm 1.0.0", "net 1.0.0"])
        #expect(try own(copy) == ["installed calm", "installed net"])
        #expect(try copy.json("events", "--state", "net")["states"][0]["state"]["status"].string == "active")
        #expect(try approvals(copy)["approvals"].array.isEmpty)
        #expect(try approvals(copy)["pendingHooks"].array.map { $0["phase"].string } == ["postInstall"])
        #expect(try waiting(copy) == ["net"])
        #expect(try copy.run("status").text.contains("waits for an approval: `amx install` shows"))
        // An unchanged lock, and still it is asked for, once.
        for words in [["install"], ["install", "--frozen"]] {
            let refused = try copy.run(words)
            #expect(refused.status == 7 && refused.errors.contains("net 1.0.0 needs an approval"), "\(refused.errors)")
        }
        let preview = try copy.json("install", "--dry-run")
        #expect(preview["approvals"].array.map { $0["capsule"].string } == ["net"])
        #expect(preview["riskAssessment"]["level"].string == "high")
        #expect(try waiting(copy) == ["net"] && own(copy).count == 2)
        // Another capsule is nobody's agreement to this one.
        try team.source.release("other", "1.0.0")
        try team.source.tool.json("push")
        try copy.json("add", "other", "--approve")
        #expect(try waiting(copy) == ["net"])
        let approved = try copy.json("install", "--frozen", "--approve")
        #expect(approved["capsulesToInstall"].array.isEmpty && approved["operation"].string != nil)
        #expect(try waiting(copy) == [])
        #expect(try own(copy).last == "approved net")
        #expect(Set(try approvals(copy)["approvals"].array.map { $0["capsule"].string }) == ["calm", "net", "other"])
        #expect(try approvals(copy)["pendingHooks"].array.map { $0["phase"].string } == ["postInstall"])
        #expect(try copy.json("install", "--frozen")["operation"] == .null)
        #expect(try copy.run("audit").status == 0 && copy.run("fsck").status == 0)
        // What is remembered of a settled workspace is not remembered without its approvals.
        try await Task.sleep(for: .seconds(3))
        for _ in 0..<2 { #expect(try copy.run("install").status == 0) }
        #expect(FileManager.default.fileExists(atPath: "\(copy.directory)/.aimatrix/cache/installed"))
        try FileManager.default.removeItem(atPath: "\(copy.directory)/.aimatrix/approvals.json")
        try copy.fails(7, "install", saying: "net 1.0.0 needs an approval")
    }

    @Test func aPullDoesNotApproveEither() throws {
        let team = try Team()
        let (copy, cloned) = try team.clone()
        #expect(cloned["waiting"].array.isEmpty)
        #expect(try copy.run("install", "--frozen").status == 0)
        try team.addNet()
        let pulled = try copy.run("pull")
        #expect(pulled.text.contains("net waits for an approval: `amx install` shows"), "\(pulled.text)")
        #expect(try own(copy) == ["installed calm", "installed net"])
        #expect(try waiting(copy) == ["net"])
        #expect(try copy.json("undo", "--list")["operations"][0]["command"].string == "amx pull")
        try copy.fails(7, "install", saying: "net 1.0.0 needs an approval")
        try copy.json("install", "--approve")
        // What a lock moves is asked for where it is brought out.
        try team.source.release(
            "net", "1.1.0", needs: [:],
            #""resources": {"network": {"outbound": ["*"]}}, "mcpServers": [{"id": "db", "command": "node"}]"#)
        try team.source.tool.json("push")
        try team.shop.json("update", "--approve")
        try team.shop.json("commit", "-m", "Newer")
        try team.shop.json("push")
        try copy.json("pull")
        try copy.fails(7, "install", "--frozen", saying: "mcpServer db")
        try copy.json("install", "--frozen", "--approve")
        #expect(try own(copy).suffix(2) == ["updated net", "approved net"])
        #expect(try waiting(copy) == [])
    }

    /// What came is told although it could not be brought out, which the next pull does.
    @Test(arguments: [false, true]) func aPullThatCannotBringReleasesOutTellsWhatHasCome(asJSON: Bool) throws {
        let team = try Team()
        let (copy, _) = try team.clone()
        try team.addNet()
        let path = "\(copy.directory)/.aimatrix/approvals.json"
        let approvals = copy.text(".aimatrix/approvals.json")
        try Data("{".utf8).write(to: URL(fileURLWithPath: path))
        let pulled = try copy.run(["pull"] + (asJSON ? ["--json"] : []))
        #expect(pulled.status == 5 && pulled.errors.contains("is damaged"), "\(pulled.errors)")
        if asJSON {
            let report = try JSONNode(pulled.output)
            #expect(report["pulled"].array.contains { $0["id"].string == "net" && $0["result"].string == "new" })
            #expect(report["workspace"]["id"].string == "shop")
        } else {
            #expect(pulled.text.contains("workspace shop") && pulled.text.contains("net is new"), "\(pulled.text)")
        }
        #expect(try !own(copy).contains("installed net"))
        #expect(!FileManager.default.fileExists(atPath: copy.packed("net")))
        try FileManager.default.removeItem(atPath: path)
        if let approvals { try Data(approvals.utf8).write(to: URL(fileURLWithPath: path)) }
        let again = try copy.run("pull")
        #expect(
            again.status == 0 && again.text.contains("net 1.0.0 is installed now\nnet waits for an approval"),
            "\(again.text)\(again.errors)")
        #expect(try copy.installed() == ["calm 1.0.0", "net 1.0.0"])
        #expect(try own(copy) == ["installed calm", "installed net"] && waiting(copy) == ["net"])
        #expect(try copy.run("audit").status == 0 && copy.run("fsck").status == 0)
    }

    /// In a copy of the shared files alone, `--frozen` brings everything, and asks for it.
    @Test func aFrozenInstallAsksLikeAnyOther() throws {
        let team = try Team()
        try team.addNet()
        let user = try AmxTool("Grace", token: team.hub.token)
        let copy = try user.workspace("bare", remote: team.hub.remote)
        for name in ["amx.json", "amx.lock"] {
            try Data((team.shop.text(name) ?? "").utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/\(name)"))
        }
        try copy.fails(7, "install", "--frozen", saying: "net 1.0.0 needs an approval")
        #expect(try copy.installed() == [])
        try copy.json("install", "--frozen", "--approve")
        #expect(try copy.installed() == ["calm 1.0.0", "net 1.0.0"])
        #expect(
            Set(try own(copy).filter { !$0.hasPrefix("error") }) == ["installed calm", "installed net", "approved net"])
        #expect(try waiting(copy) == [])
    }

    /// A lock that names a digest which was approved hides no other content that waits.
    @Test func anApprovedDigestHidesNothing() throws {
        let team = try Team()
        try team.addNet()
        let (first, _) = try team.clone()
        try first.json("install", "--approve")
        let approvals = try #require(first.text(".aimatrix/approvals.json"))
        try team.source.release("net", "1.1.0", needs: [:], #""mcpServers": [{"id": "db", "command": "node"}]"#)
        try team.source.tool.json("push")
        try team.shop.json("update", "--approve")
        try team.shop.json("commit", "-m", "Newer")
        try team.shop.json("push")
        let (copy, _) = try team.clone()
        try Data(approvals.utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/.aimatrix/approvals.json"))
        #expect(try waiting(copy) == ["net"])
        let lock = try #require(copy.text("amx.lock"))
        let digests = try ["v1.0.0", "v1.1.0"].map { try team.source.tool.show("net@\($0)").digest }
        let edited = lock.replacing(digests[1], with: digests[0])
        #expect(edited != lock && approvals.contains(digests[0]))
        try Data(edited.utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.lock"))
        // Its health is another matter: it is not what the lock says.
        func waits() throws -> Bool {
            try copy.json("status")["capsules"].array.contains {
                $0["id"].string == "net" && $0["needsApproval"].bool == true
            }
        }
        #expect(try waits())
        // What was counted is only a memory.
        let cache = "\(copy.directory)/.aimatrix/cache/digests"
        for bytes in [Data(), Data("AMXDIGESTS1\n".utf8), try Data(contentsOf: URL(fileURLWithPath: cache)).dropLast()]
        {
            try bytes.write(to: URL(fileURLWithPath: cache))
            #expect(try waits())
        }
        try copy.fails(5, "install", saying: "find out who")
        try Data(lock.utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.lock"))
        try copy.json("install", "--approve")
        #expect(try waiting(copy) == [])
    }

    /// Somebody edits the digest of a lock's entry into that of a content that is to come, so that it would count as approved.
    @Test(arguments: ["calm", "net"]) func anEditedDigestApprovesNothing(_ id: String) throws {
        let team = try Team()
        try team.addNet()
        let (copy, _) = try team.clone()
        let lock = try #require(copy.text("amx.lock"))
        let approvals = copy.text(".aimatrix/approvals.json")
        try team.source.release(
            id, "1.0.1", #""mcpServers": [{"id": "db", "command": "node"}], "hooks": {"postUpdate": "a.js"}"#)
        try team.source.tool.json("push")
        let digests = try ["v1.0.0", "v1.0.1"].map { try team.source.tool.show("\(id)@\($0)").digest }
        let edited = lock.replacing(digests[0], with: digests[1])
        #expect(edited != lock)
        try Data(edited.utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.lock"))
        for words in [["install"], ["install", "--frozen"], ["install", "--approve"], ["add", "calm", "--approve"]] {
            let refused = try copy.run(words)
            #expect(refused.status == 5 && refused.errors.contains("find out who"), "\(words): \(refused.errors)")
            #expect(copy.text(".aimatrix/approvals.json") == approvals)
        }
        try Data(lock.utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.lock"))
        try copy.json("install", "--approve")
        try copy.fails(7, "update", id, saying: "\(id) 1.0.1 needs an approval")
    }
}
