import Capsules
import Guard
import Objects
import TestSupport
import Testing

@Suite("Scanner: score")
struct RiskScoreTests {
    private static func finding(_ rule: String, _ severity: Severity, matches: Int = 1) throws -> Finding {
        try Finding(
            path: TreePath("a"), line: 1, column: 1, rule: rule, pack: "p@1", severity: severity, message: "m",
            advice: "a",
            excerpt: "e", matches: matches)
    }

    @Test(
        "is what docs/scanning.md says",
        arguments: [
            ([], 0), ([("a", .info, 9)], 0), ([("a", .low, 1)], 1), ([("a", .low, 2)], 2), ([("a", .low, 3)], 2),
            ([("a", .low, 4)], 3),
            ([("a", .low, 1), ("a", .low, 1)], 2), ([("a", .low, 1), ("b", .low, 1)], 2), ([("a", .medium, 1)], 5),
            ([("a", .high, 1)], 20), ([("a", .high, 8)], 80), ([("a", .critical, 1)], 50),
            ([("a", .critical, 1), ("b", .critical, 1)], 100),
            ([("a", .critical, .max)], 100), ([("a", .low, .max), ("a", .low, .max)], 63),
        ] as [([(String, Severity, Int)], Int)])
    func formula(findings: [(String, Severity, Int)], score: Int) throws {
        #expect(try RiskScore(findings.map { try Self.finding($0.0, $0.1, matches: $0.2) }).value == score)
    }

    @Test("never falls when a finding is added", arguments: 0..<40)
    func monotone(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var findings: [Finding] = []
        var score = 0
        var level = RiskLevel.low
        for _ in 0..<60 {
            let severity = try #require(Severity.allCases.randomElement(using: &random))
            findings.insert(
                try Self.finding(
                    "r\(Int.random(in: 0..<9, using: &random))", severity,
                    matches: Int.random(in: 1...9, using: &random)),
                at: Int.random(in: 0...findings.count, using: &random))
            let next = RiskScore(findings).value
            #expect(next >= score && next <= 100)
            let nextLevel = max(RiskLevel(score: next), findings.map { RiskLevel($0.severity) }.max() ?? .low)
            #expect(nextLevel >= level)
            (score, level) = (next, nextLevel)
        }
    }

    @Test(
        "gives a level",
        arguments: [
            (0, RiskLevel.low), (19, .low), (20, .medium), (49, .medium), (50, .high), (79, .high), (80, .critical),
            (100, .critical),
        ])
    func levels(score: Int, level: RiskLevel) {
        #expect(RiskLevel(score: score) == level)
    }
}
