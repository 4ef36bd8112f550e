import Capsules
import Foundation
import Guard
import Testing

/// `docs/permissions.md` says what the gate, grants and levels do.
@Suite("Permissions: documentation")
struct PermissionDocumentationTests {
    static let page: String = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let file = folder.appendingPathComponent("docs/permissions.md")
            if let text = try? String(contentsOf: file, encoding: .utf8) { return text }
        }
        return ""
    }()

    static func rows(in heading: String) -> [Substring] {
        guard let start = page.range(of: "\n\(heading)\n") else { return [] }
        let rest = page[start.upperBound...]
        let end = rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex
        return rest[..<end].split(separator: "\n").filter { $0.hasPrefix("| ") }
    }

    @Test("lists every check and every layer, in order")
    func names() {
        let checks = Self.rows(in: "## 1. The gate").compactMap { row in
            GateCheck.allCases.first { row.hasPrefix("| `\($0.rawValue)` |") }
        }
        #expect(checks == GateCheck.allCases)
        let layers = Self.page.split(separator: "\n").compactMap { row in
            AccessDenial.Layer.allCases.first { row.hasPrefix("| ") && row.hasSuffix("| `\($0.rawValue)` |") }
        }
        #expect(layers == AccessDenial.Layer.allCases)
        for operation in IdentityOperation.allCases { #expect(Self.page.contains("`\(operation.rawValue)`")) }
        for name in Permission.Condition.Operator.allCases { #expect(Self.page.contains("| `\(name.rawValue)` |")) }
    }

    @Test("lists every rule of levels, every level and every program, and no other")
    func levels() {
        let rows = Self.rows(in: "## 3. Security levels")
        for rule in LevelRule.allCases {
            #expect(rows.contains("| `\(rule.rawValue)` | \(rule.meaning) | `\(rule.level.rawValue)` |"), "\(rule)")
        }
        for level in SecurityLevel.allCases { #expect(rows.contains { $0.hasPrefix("| `\(level.rawValue)` |") }) }
        #expect(rows.count == LevelRule.allCases.count + SecurityLevel.allCases.count + 2)
        let programs = LevelRule.interpreters.map { "`\($0)`" }.joined(separator: ", ")
        #expect(Self.page.contains("\n\(programs).\n"))
    }

    @Test("states the limits")
    func limits() {
        let bounds = RegularExpression.Bounds.untrusted
        #expect(bounds.patternBytes == 1024 && Self.page.contains("| 1,024 bytes |"))
        #expect(bounds.memory == 8 << 20 && Self.page.contains("| 8 MiB |"))
        #expect(bounds.work == 16_000_000 && Self.page.contains("| 16,000,000 |"))
        #expect(PermissionCheck.work == 64_000_000 && Self.page.contains("| 64,000,000 |"))
        #expect(PermissionCheck.maximumPatterns == 256 && Self.page.contains("| 256 |"))
        #expect(PermissionCheck.maximumInstructions == 262_144 && Self.page.contains("| 262,144 |"))
        #expect(ManifestGate.maximumGrants == 1024 && Self.page.contains("The first 1,024 entries"))
        #expect(HTTPTarget.maximumBytes == 8192 && Self.page.contains("at most 8,192 bytes"))
    }

    @Test("shows grants that do what it says, and a denial as it is")
    func examples() throws {
        let example = try #require(Self.page.split(separator: "```json\n").dropFirst().first).split(separator: "```")[0]
        let members = example.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst().dropLast()
        let check = PermissionCheck(
            capsule: "probe", granted: try GateFixture.manifest(String(members)).permissions)
        func verdict(_ action: String, _ context: JSONObject) -> PermissionVerdict {
            check.verdict(on: PermissionRequest(resource: "orders", actions: [action], context: context))
        }
        #expect(verdict("read", [:]) == .allowed(grant: 0))
        #expect(verdict("refund", ["user.role": "agent", "order.number": "EU-123456"]) == .allowed(grant: 1))
        #expect(!verdict("refund", ["user.role": "agent", "order.number": "EU-1234567"]).isAllowed)
        #expect(!verdict("refund", ["user.role": "guest", "order.number": "EU-123456"]).isAllowed)
        #expect(!verdict("delete", ["user.role": "agent", "order.number": "EU-123456"]).isAllowed)

        let gate = ManifestGate(capsule: "customer-service", capabilities: Capabilities(), workspace: nil, home: nil)
        let denial = try #require(
            GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP("https://b.example/x") })
        #expect(Self.page.contains("    error: \(denial.description)\n    hint: \(denial.remedy)\n"))
        for key in denial.json.keys {
            #expect(Self.rows(in: "## 4. Denials").contains { $0.hasPrefix("| `\(key)` |") })
        }
    }
}
