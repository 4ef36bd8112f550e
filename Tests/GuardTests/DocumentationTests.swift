import Foundation
import Guard
import Testing

/// `docs/scanning.md` says what the scanner does.
@Suite("Scanner: documentation")
struct DocumentationTests {
    static let page: String = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            if let text = try? String(contentsOf: folder.appendingPathComponent("docs/scanning.md"), encoding: .utf8) {
                return text
            }
        }
        return ""
    }()

    @Test("lists every rule of every pack, and no other", arguments: RulePack.builtIn)
    func rules(pack: RulePack) {
        #expect(Self.page.contains("### `\(pack.name)` \(pack.version)\n"))
        for rule in pack.rules {
            let kinds =
                rule.languages.isEmpty
                ? "all"
                : Language.allCases.filter { rule.languages.contains($0) }.map(\.rawValue).joined(separator: ", ")
            #expect(
                Self.page.contains("| `\(rule.id)` | \(rule.severity.rawValue) | \(rule.message) | \(kinds) |\n"),
                "\(rule.id)")
        }
        let prefixes = Set(pack.rules.compactMap { $0.id.split(separator: ".").first })
        let rows = Self.page.split(separator: "\n").filter { row in prefixes.contains { row.hasPrefix("| `\($0).") } }
        #expect(
            rows.count
                == RulePack.builtIn.flatMap(\.rules).count { rule in prefixes.contains { rule.id.hasPrefix("\($0).") } }
        )
    }

    @Test("states the weights, the limits, and a pack that can be read")
    func facts() throws {
        for severity in Severity.allCases {
            let rows = Self.page.split(separator: "\n").filter { $0.hasPrefix("| `\(severity.rawValue)` |") }
            #expect(rows.count == 1 && rows.allSatisfy { $0.hasSuffix("| \(severity.weight) |") })
        }
        let limits = ScanLimits()
        #expect(limits.fileBytes == 4 << 20 && Self.page.contains("larger than 4 MiB, or after 256 MiB in all"))
        #expect(limits.totalBytes == 256 << 20 && limits.matches == 100 && limits.findings == 10_000)
        let example = try #require(Self.page.split(separator: "```json\n").dropFirst().first).split(separator: "```")[0]
        let pack = try RulePack(parsing: Array(example.utf8), file: "docs/scanning.md")
        #expect(pack.rules.count == 1)
        _ = try Scanner(packs: [pack])
    }
}
