import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

@Suite struct ApprovalTests {
    private static func tool(_ description: String, _ more: String = "") -> String {
        #""tools": [{"name": "find", "description": "\#(description)", "inputSchema": {}, "handler": "f.js"\#(more)}]"#
    }

    /// Two lists of members, and what the second needs an approval for that the first had; nothing where it is empty.
    static let growths: [(String, String, [String])] = [
        ("", "", []),
        ("", #""description": "x", "tags": ["a"], "dependencies": {"billing": "^1.0.0"}"#, []),
        ("", #""permissions": [{"resource": "orders", "actions": ["read"]}]"#, ["permission read on orders"]),
        (
            #""permissions": [{"resource": "orders", "actions": ["read"]}]"#,
            #""permissions": [{"resource": "orders", "actions": ["read", "write"]}]"#, ["permission write on orders"]
        ),
        (
            #""permissions": [{"resource": "orders", "actions": ["read", "write"]}]"#,
            #""permissions": [{"resource": "orders", "actions": ["read"]}]"#, []
        ),
        // A condition that goes lets more in.
        (
            #""permissions": [{"resource": "o", "actions": ["w"], "conditions": [{"field": "f", "operator": "equals", "value": 1}]}]"#,
            #""permissions": [{"resource": "o", "actions": ["w"]}]"#, ["permission w on o"]
        ),
        (
            #""permissions": [{"resource": "o", "actions": ["w"]}]"#,
            #""permissions": [{"resource": "o", "actions": ["w"], "conditions": [{"field": "f", "operator": "equals", "value": 1}]}]"#,
            []
        ),
        // The same in another order.
        (
            #""mcpServers": [{"id": "a", "command": "node", "args": ["y"]}], "permissions": [{"resource": "o", "actions": ["w"]}]"#,
            #""permissions": [{"actions": ["w"], "resource": "o"}], "mcpServers": [{"args": ["y"], "command": "node", "id": "a"}]"#,
            []
        ),
        (
            #""resources": {"network": {"outbound": ["a.example"]}}"#,
            #""resources": {"network": {"outbound": ["a.example", "b.example"]}}"#, ["network outbound b.example"]
        ),
        (
            #""resources": {"network": {"outbound": ["a.example"]}}"#, #""resources": {"memory": {"max": "1GB"}}"#, []
        ),
        ("", #""hooks": {"postInstall": "a.js"}"#, ["hook postInstall"]),
        (#""hooks": {"postInstall": "a.js"}"#, #""hooks": {"postInstall": "b.js"}"#, ["hook postInstall"]),
        (#""hooks": {"postInstall": "a.js"}"#, "", []),
        ("", #""mcpServers": [{"id": "db", "command": "node"}]"#, ["mcpServer db"]),
        (
            #""mcpServers": [{"id": "db", "command": "node"}]"#, #""mcpServers": [{"id": "db", "command": "python3"}]"#,
            ["mcpServer db.command"]
        ),
        (#""securityLevel": "RESTRICTED""#, #""securityLevel": "SAFE""#, ["securityLevel securityLevel"]),
        (#""securityLevel": "SAFE""#, #""securityLevel": "DANGEROUS""#, ["securityLevel securityLevel"]),
        ("", #""cron": [{"name": "nightly", "schedule": "0 0 * * *"}]"#, ["schedule nightly"]),
        ("", #""env": {"TOKEN": {}}"#, ["environment TOKEN"]),
        // A new tool is asked for; another description of it is shown.
        ("", tool("x"), ["tool find"]), (tool("x"), tool("y"), []),
        // How it runs is asked for, like anything that runs.
        (tool("x"), tool("x", #", "engine": "process""#), ["runtime tool find.engine"]),
        (
            tool("x", #", "securityLevel": "RESTRICTED""#), tool("x", #", "securityLevel": "SAFE""#),
            ["securityLevel find.securityLevel"]
        ),
        (tool("x", #", "securityLevel": "RESTRICTED""#), tool("x"), ["securityLevel find.securityLevel"]),
        ("", #""sandbox": {"networkAccess": true}"#, ["runtime networkAccess"]),
        (
            #""sandbox": {"resourceLimits": {"maxMemory": 64}}"#, #""sandbox": {"resourceLimits": {"maxMemory": 128}}"#,
            ["runtime resourceLimits.maxMemory"]
        ),
        // What agents are told is content.
        ("", #""contextFiles": ["a.md"], "skills": [{"name": "s", "file": "s.md"}]"#, []),
    ]

    @Test(arguments: growths.indices) func growthNeedsAnApprovalAndShrinkageNone(_ index: Int) throws {
        let (before, after, expected) = Self.growths[index]
        let old = try LifecycleFixture.manifest("1.0.0", before)
        let new = try LifecycleFixture.manifest("1.1.0", after)
        func words(_ changes: [TrustChange]) -> [String] { changes.map { "\($0.kind.rawValue) \($0.subject)" } }
        #expect(words(PermissionGrowth(old: old, new: new).toApprove) == expected)
        let approval = Approval(of: old, digest: LifecycleFixture.digest("old"))
        let demand = ApprovalDemand(of: new, digest: LifecycleFixture.digest("new"), after: approval)
        #expect(words(demand?.changes ?? []) == expected)
        #expect(demand?.reason == (expected.isEmpty ? nil : .growth))
        // The same content needs none, whatever it asks for; to itself nothing grows.
        let own = Approval(of: new, digest: LifecycleFixture.digest("new"))
        #expect(ApprovalDemand(of: new, digest: LifecycleFixture.digest("new"), after: own) == nil)
        #expect(own.granted.growth(to: own.granted) == [])
        // Without an approval, all but what is of low risk is asked for; also what one of another capsule would allow.
        let wanted = own.granted.list
        let grave = wanted.filter { !RiskAssessment.isHarmless($0) }
        let strange = Approval(
            of: try LifecycleFixture.manifest("1.1.0", after, id: "other"), digest: LifecycleFixture.digest("new"))
        for approval in [nil, strange] {
            let first = ApprovalDemand(of: new, digest: LifecycleFixture.digest("new"), after: approval)
            #expect(first?.reason == (grave.isEmpty ? nil : .first))
            #expect(first?.changes ?? [] == grave)
        }
        // Other bytes under the same version: all again.
        let moved = ApprovalDemand(of: new, digest: LifecycleFixture.digest("moved"), after: own)
        #expect(moved?.reason == (wanted.isEmpty ? nil : .otherBytes))
        #expect(moved?.changes ?? [] == wanted)
    }

    @Test func theErrorSaysWhatIsAskedFor() throws {
        let manifest = try LifecycleFixture.manifest(
            "2.0.0",
            #""permissions": [{"resource": "o", "actions": ["a", "b", "c"]}], "uplinks": {"x\u001b[2J": {}}"#)
        let error = try #require(
            ApprovalDemand(of: manifest, digest: LifecycleFixture.digest("d"), after: nil)
        ).error
        #expect(error.code == .denied)
        #expect(
            error.message
                == "refunds 2.0.0 needs an approval: it asks for permission a on o, permission b on o, permission c on o and 1 more"
        )
        let one = try LifecycleFixture.manifest("2.0.0", #""cron": {"x\u001b[2J": {}}"#)
        let shown = ApprovalDemand(of: one, digest: LifecycleFixture.digest("d"), after: nil)?.error.message ?? "\u{1b}"
        #expect(!shown.utf8.contains(0x1B))
    }

    @Test func aHookRunsOnlyWithAnApprovalOfItsContent() throws {
        let hooks =
            #""hooks": {"preInstall": "a.js", "postInstall": "b.js", "postUpdate": "c.js", "preRemove": "d.js"}"#
        let manifest = try LifecycleFixture.manifest("1.0.0", hooks)
        let digest = LifecycleFixture.digest("one")
        func pending(_ occasion: PendingHook.Occasion) -> [String] {
            PendingHook.of(manifest, digest: digest, on: occasion).map { "\($0.phase.rawValue) \($0.script.string)" }
        }
        #expect(pending(.installation) == ["preInstall a.js", "postInstall b.js"])
        #expect(pending(.update) == ["postUpdate c.js"])
        #expect(pending(.removal) == ["preRemove d.js"])
        let approval = Approval(of: manifest, digest: digest, hooks: [.postInstall, .preUpdate])
        // A hook that there is not cannot be approved.
        #expect(approval.hooks == [.postInstall])
        #expect(approval.allows(.postInstall, of: digest))
        #expect(!approval.allows(.preInstall, of: digest))
        #expect(!approval.allows(.postInstall, of: LifecycleFixture.digest("two")))
        // What is granted says nothing of hooks that may run.
        #expect(Approval(of: manifest, digest: digest).hooks == [])
    }

    @Test func approvalsAreKeptForTheirOwnerAlone() throws {
        let fixture = try WorkspaceFixture()
        let workspace = fixture.workspace
        #expect(try workspace.approvals().approvals == [])
        let manifest = try LifecycleFixture.manifest(
            "1.0.0", #""hooks": {"postInstall": "b.js"}, "imports": {"db": {"z": 1, "a": [1.5, null]}}"#)
        let digest = LifecycleFixture.digest("one")
        var approvals = try workspace.approvals()
        approvals.record(Approval(of: manifest, digest: digest, hooks: [.postInstall]))
        approvals.record(
            PendingHook.of(manifest, digest: digest, on: .installation), of: manifest.id)
        try approvals.write()
        let status = try FileManager.default.attributesOfItem(atPath: workspace.approvalsPath)
        #expect(status[.posixPermissions] as? Int == 0o600)
        let read = try workspace.approvals()
        #expect(read == approvals)
        #expect(read.encoded == approvals.encoded)
        #expect(read[manifest.id, digest]?.hooks == [.postInstall])
        #expect(read.pendingHooks.map(\.script.string) == ["b.js"])
        #expect(read.demand(of: manifest, digest: digest, installed: nil) == nil)
        // Another JSON program reads the same, in the same order.
        let sorted = try Tool.run(
            "python3",
            ["-c", "import json,sys; d=json.load(sys.stdin); print(json.dumps(d,indent=2,sort_keys=True))"],
            input: approvals.encoded)
        #expect(sorted.output == approvals.encoded)
        for damage in ["{}", "[", #"{"schema": 1, "approvals": [{}]}"#, #"{"schema": 2}"#] {
            try fixture.folder.write(".aimatrix/approvals.json", text: damage)
            let error = #expect(throws: AmxError.self) { try workspace.approvals() }
            #expect(error?.code == .verification)
        }
    }

    /// 1 asks for much and is approved, 2 for little and needs none, 3 for much again.
    @Test func whatAVersionGaveUpIsAskedForAgain() throws {
        let fixture = try WorkspaceFixture()
        var approvals = try fixture.workspace.approvals()
        let much = #""mcpServers": [{"id": "db", "command": "node"}]"#
        let versions = [
            try LifecycleFixture.manifest("1.0.0", much), try LifecycleFixture.manifest("2.0.0"),
            try LifecycleFixture.manifest("3.0.0", much),
        ]
        let digests = ["1", "2", "3"].map(LifecycleFixture.digest)
        #expect(approvals.demand(of: versions[0], digest: digests[0], installed: nil)?.reason == .first)
        approvals.record(Approval(of: versions[0], digest: digests[0]))
        #expect(approvals.demand(of: versions[1], digest: digests[1], installed: digests[0]) == nil)
        approvals.record(Approval(of: versions[1], digest: digests[1]))
        #expect(approvals.demand(of: versions[2], digest: digests[2], installed: digests[1])?.reason == .growth)
        // Back to what was approved once.
        #expect(approvals.demand(of: versions[0], digest: digests[0], installed: digests[1]) == nil)
        // Another content of a version that was approved, whatever is installed.
        for installed in [nil, digests[1]] {
            let demand = approvals.demand(of: versions[0], digest: digests[2], installed: installed)
            #expect(demand?.reason == .otherBytes)
        }
        approvals.forget(versions[0].id)
        #expect(approvals.demand(of: versions[0], digest: digests[0], installed: nil)?.reason == .first)
        for number in 0..<40 {
            approvals.record(
                Approval(
                    of: try LifecycleFixture.manifest("1.0.\(number)"), digest: LifecycleFixture.digest("\(number)")))
        }
        #expect(approvals.approvals.map(\.version.text) == (24..<40).map { "1.0.\($0)" })
    }
}
