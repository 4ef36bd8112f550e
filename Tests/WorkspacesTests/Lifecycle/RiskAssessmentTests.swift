import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct RiskAssessmentTests {
    struct Case: Sendable {
        let old: (version: String, members: String)?
        let new: (version: String, members: String)
        let reasons: [String]

        /// A capsule that is new.
        init(_ members: String, _ reasons: String...) { (old, new, self.reasons) = (nil, ("1.0.0", members), reasons) }

        /// A capsule that changes.
        init(
            from old: (String, String), to new: (String, String), _ reasons: String...
        ) { (self.old, self.new, self.reasons) = (old, new, reasons) }
    }

    static func network(_ members: String) -> String { #""resources": {"network": {\#(members)}}"# }
    static func permission(_ resource: String, _ action: String) -> String {
        #""permissions": [{"resource": "\#(resource)", "actions": ["\#(action)"]}]"#
    }

    static let cases: [Case] = [
        Case(""),
        Case(permission("orders", "read"), "low permissionToRead read on orders"),
        Case(permission("orders", "write"), "medium permissionToAct write on orders"),
        Case(permission("orders", "*"), "high permissionToAll * on orders"),
        Case(permission("*", "read"), "high permissionToAll read on *"),
        Case(network(#""outbound": ["a.example"]"#), "medium networkOutbound a.example"),
        Case(network(#""outbound": ["*.example"]"#), "high networkAny outbound *.example"),
        Case(network(#""inbound": ["a.example"]"#), "high networkInbound inbound a.example"),
        Case(
            #""hooks": {"preInstall": "a.js", "postInstall": "b.js", "postUpdate": "c.js"}"#,
            "high hook preInstall (a.js)", "high hook postInstall (b.js)"),
        // An old hook runs with new content.
        Case(
            from: ("1.0.0", #""hooks": {"postUpdate": "c.js", "postInstall": "d.js"}"#),
            to: ("1.1.0", #""hooks": {"postUpdate": "c.js", "postInstall": "d.js"}"#), "high hook postUpdate (c.js)"),
        Case(#""mcpServers": [{"id": "db", "command": "node"}]"#, "high process db"),
        Case(#""runtime": {"engine": "wasm"}"#, "medium code engine"),
        Case(#""sandbox": {"isolation": "vm"}"#, "medium code isolation"),
        Case(#""components": [{"id": "main", "file": "a.wasm", "type": "library"}]"#, "medium code main"),
        Case(#""capabilities": {"uplink": true}"#, "medium capability uplink"),
        Case(#""capabilities": {"net": ["*"]}"#, "high capabilityOfAll net *"),
        Case(#""env": {"TOKEN": {}}"#, "medium environment TOKEN"),
        Case(#""llmProviders": [{"id": "local"}]"#, "medium provider local"),
        Case(#""cron": [{"name": "nightly"}]"#, "medium schedule nightly"),
        Case(
            #""eventHandlers": [{"event": "ticket.created", "handler": "a.js"}]"#,
            "low event event ticket.created"),
        Case(
            #""tools": [{"name": "find", "description": "d", "inputSchema": {}, "handler": "f.js"}]"#,
            "low interface tool find"),
        Case(#""contextFiles": ["a.md"]"#, "low context a.md"),
        Case(#""securityLevel": "SAFE""#),
        Case(#""securityLevel": "MODERATE""#, "medium levelModerate MODERATE"),
        Case(#""securityLevel": "RESTRICTED""#, "high levelRestricted RESTRICTED"),
        Case(#""securityLevel": "DANGEROUS""#, "critical levelDangerous DANGEROUS"),
        Case(
            from: ("1.0.0", #""securityLevel": "RESTRICTED""#), to: ("1.0.1", #""securityLevel": "SAFE""#),
            "high levelLowered RESTRICTED -> SAFE"),
        Case(
            from: ("1.0.0", #""securityLevel": "RESTRICTED""#), to: ("1.0.1", ""),
            "high levelLowered RESTRICTED -> none"),
        Case(
            from: ("1.0.0", #""securityLevel": "DANGEROUS""#), to: ("1.0.1", #""securityLevel": "DANGEROUS""#)),
        // Only growth counts.
        Case(from: ("1.0.0", permission("*", "*")), to: ("1.1.0", permission("orders", "write"))),
        Case(from: ("1.2.0", ""), to: ("2.0.0", ""), "medium incompatible 1.2.0 -> 2.0.0"),
        Case(from: ("0.2.0", ""), to: ("0.3.0", ""), "medium incompatible 0.2.0 -> 0.3.0"),
        Case(from: ("1.2.0", ""), to: ("1.1.0", ""), "medium downgrade 1.2.0 -> 1.1.0"),
        Case(from: ("1.2.0", ""), to: ("1.3.0-rc.1", ""), "low prerelease 1.3.0-rc.1"),
        Case(
            from: ("1.2.0", #""endpoints": [{"path": "/a", "method": "GET", "handler": "a.js"}]"#), to: ("1.3.0", ""),
            "medium breaking endpoint removed: GET /a"),
        Case(from: ("1.2.0", ""), to: ("1.2.0", ""), "critical otherBytes 1.2.0"),
        // The gravest first.
        Case(
            #""contextFiles": ["a.md"], "mcpServers": [{"id": "db", "command": "node"}], "securityLevel": "DANGEROUS", "env": {"T": {}}"#,
            "critical levelDangerous DANGEROUS", "high process db", "medium environment T", "low context a.md"),
    ]

    static func subject(_ test: Case) throws -> RiskSubject {
        RiskSubject(
            old: try test.old.map { try LifecycleFixture.manifest($0.version, $0.members) },
            oldDigest: LifecycleFixture.digest("old"),
            new: try LifecycleFixture.manifest(test.new.version, test.new.members),
            digest: LifecycleFixture.digest("new"))
    }

    @Test(arguments: cases.indices) func rulesAreThosePublished(_ index: Int) throws {
        let test = Self.cases[index]
        let assessment = RiskAssessment(of: [try Self.subject(test)])
        let found = assessment.reasons.map { "\($0.level.rawValue) \($0.rule.rawValue) \($0.detail)" }
        #expect(found == test.reasons)
        let first = test.reasons.first?.split(separator: " ").first.map(String.init)
        #expect(assessment.level.rawValue == first ?? "low")
    }

    @Test(arguments: [
        (SignatureVerdict(.good, trust: .allowed), [RiskRule](), RiskLevel.low),
        (SignatureVerdict(.none), [.unsigned], .medium),
        (SignatureVerdict(.untrusted), [.untrustedSigner], .medium),
        (SignatureVerdict(.unsupported), [.untrustedSigner], .medium),
        (SignatureVerdict(.bad), [.badSignature], .critical),
    ]) func signaturesCount(_ verdict: SignatureVerdict, _ rules: [RiskRule], _ level: RiskLevel) throws {
        let manifest = try LifecycleFixture.manifest()
        let assessment = RiskAssessment(of: [RiskSubject(old: nil, new: manifest, signature: verdict)])
        #expect(assessment.reasons.map(\.rule) == rules)
        #expect(assessment.level == level)
    }

    @Test(arguments: [
        (Int64(100 << 20) - 1, RiskLevel.low), (100 << 20, .medium), ((512 << 20) - 1, .medium), (512 << 20, .high),
        (.max, .high), (-1, .low),
    ]) func sizeCountsForThePlan(_ bytes: Int64, _ level: RiskLevel) throws {
        let manifest = try LifecycleFixture.manifest()
        let (half, rest) = (bytes / 2, bytes - bytes / 2)
        let plan = [half, rest].map { RiskSubject(old: nil, new: manifest, bytes: $0) }
        #expect(RiskAssessment(of: plan).level == level)
        // A sum that no number holds.
        let huge = (0..<3).map { _ in RiskSubject(old: nil, new: manifest, bytes: .max) }
        #expect(RiskAssessment(of: huge).level == .high)
    }

    /// More capsules, or more of one, never make a plan less risky.
    @Test(arguments: 1...20) func theLevelIsMonotone(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var plan: [RiskSubject] = []
        var level = RiskLevel.low
        for _ in 0..<10 {
            guard let test = Self.cases.randomElement(using: &random) else { continue }
            plan.insert(try Self.subject(test), at: Int.random(in: 0...plan.count, using: &random))
            let assessment = RiskAssessment(of: plan)
            #expect(assessment.level >= level)
            #expect(assessment.level == assessment.reasons.map(\.level).max() ?? .low)
            level = assessment.level
        }
    }

    @Test func whatAManifestSaysCannotSteerATerminal() throws {
        let manifest = try LifecycleFixture.manifest("1.0.0", #""llmProviders": {"x\u001b[2J": {}}"#)
        let reason = try #require(RiskAssessment(of: [RiskSubject(old: nil, new: manifest)]).reasons.first)
        #expect(reason.text.hasPrefix("medium: refunds brings a provider: x"))
        #expect(!reason.text.utf8.contains(0x1B))
        #expect(reason.json["level"] == "medium")
    }

    @Test func everyRuleIsDocumented() throws {
        let page = try #require(
            try String(validating: FileContent.read("\(Self.root)/docs/lifecycle.md") ?? [], as: UTF8.self))
        for rule in RiskRule.allCases {
            let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(rule.rawValue)` |") }
            #expect(row?.split(separator: "|").last?.contains(rule.level.rawValue) == true, "\(rule)")
        }
    }

    /// The project's folder.
    static let root = String(#filePath.prefix(upTo: #filePath.range(of: "/Tests/")?.lowerBound ?? #filePath.startIndex))
}
