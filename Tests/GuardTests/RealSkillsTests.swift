import Capsules
import Foundation
import Guard
import Testing

@Suite("Scanner: published skills")
struct RealSkillsTests {
    /// The folder of skills: below `AMX_SHARED`, or a folder `shared` beside one of the folders above this file.
    static let skills: String? = {
        var roots = [ProcessInfo.processInfo.environment["AMX_SHARED"]].compactMap { $0 }
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            roots.append(folder.appendingPathComponent("shared").path)
            folder.deleteLastPathComponent()
        }
        return roots.map { "\($0)/real/skills" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    @Test(
        "has no grave finding in what people use",
        .enabled(if: skills != nil, "there is no folder shared/real/skills here; AMX_SHARED may name `shared`"))
    func benign() throws {
        let folder = try #require(Self.skills)
        var count = 0
        for skill in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let report = try AttackTests.scanner.get().scan(folder: "\(folder)/\(skill)")
            count += report.files
            #expect(
                report.findings.filter { $0.severity >= .high }.map { "\($0.path):\($0.line) \($0.rule)" } == [],
                "\(skill)")
            #expect(report.riskLevel == .low, "\(skill): \(report.riskScore)")
            #expect(report.unscanned.allSatisfy { $0.reason == .binary || $0.reason == .archive }, "\(skill)")
        }
        #expect(count > 10)
    }
}
