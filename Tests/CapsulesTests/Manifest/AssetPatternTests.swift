import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@Suite("Knowledge assets")
struct AssetPatternTests {
    private static func diagnostics(_ assets: String, files: [String]) throws -> [ManifestDiagnostic] {
        let text = Array(#"{"id":"a","name":"A","version":"1.0.0","knowledgeAssets":\#(assets)}"#.utf8)
        return try Manifest.parse(text).checkFiles(against: files.map { try TreePath($0) }, text: text)
    }

    @Test(
        "patterns match paths as shells do",
        arguments: [
            ("*", "a", true), ("*", "a/b", false), ("a/*", "a/b", true), ("a/*", "a/b/c", false),
            ("a/**", "a/b/c", true), ("**", "a/b", true),
            ("a/**", "a", true), ("**/c", "a/b/c", true), ("**/c", "c", true), ("a/**/c", "a/c", true),
            ("a/**/c", "a/x/y/c", true),
            ("a/**/c", "a/x/y/d", false), ("*.json", "a.json", true), ("*.json", ".json", true),
            ("*.json", "a.jsonl", false),
            ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("?.md", "a.md", true), ("?.md", "é.md", true),
            ("?.md", "ab.md", false),
            ("**/*.json", "x/y.json", true), ("*/b", "a/b", true), ("*/b", "b", false), ("a**b", "aXXb", true),
            ("a**b", "aX/Yb", false),
            ("A/*", "a/b", false), ("**/x/**/y", "a/x/b/x/c/y", true),
        ])
    func matches(pattern: String, path: String, matches: Bool) throws {
        #expect(try AssetPattern(pattern).isPattern)
        let warnings = try Self.diagnostics(#"{"rules":["\#(pattern)"]}"#, files: [path])
        #expect(warnings.isEmpty == matches, "\(warnings)")
        #expect(warnings.allSatisfy { $0.severity == .warning && $0.path == "$.knowledgeAssets.rules[0]" })
    }

    @Test("paths must be files; folders get a hint")
    func paths() throws {
        let found = try Self.diagnostics(
            #"{"schemas":["s/a.json","s/b.json"],"workflows":["w"],"embeddings":["s/a.json"]}"#,
            files: ["s/a.json", "w/x", "w-y"])
        #expect(found.map(\.path) == ["$.knowledgeAssets.schemas[1]", "$.knowledgeAssets.workflows[0]"])
        #expect(found.allSatisfy { $0.severity == .error && $0.line == 1 && $0.column > 50 })
        #expect(found[0].found == "\"s/b.json\", which is not there")
        #expect(found[1].found == "\"w\", which is a folder")
        #expect(found[1].advice.contains("\"w/**\""))
    }

    @Test("hostile patterns end in time")
    func costly() throws {
        let pattern = String(repeating: "*a", count: 60) + "*b"
        let patterns = Array(repeating: "\"\(pattern)\"", count: 200).joined(separator: ",")
        let files = (0..<2000).map { String(repeating: "a", count: 200) + "\($0)" }
        var found = 0
        let time = try ProcessorTime.of {
            found = try Self.diagnostics("{\"rules\":[\(patterns)]}", files: files).count
        }
        #expect(found == 100)
        #expect(time < .seconds(60))
    }

    @Test("the number of patterns is bounded")
    func count() {
        let patterns = Array(repeating: "\"*\"", count: 257).joined(separator: ",")
        let error = #expect(throws: AmxError.self) { try Self.diagnostics("{\"rules\":[\(patterns)]}", files: ["a"]) }
        #expect(error?.message.contains("at most 256 patterns") == true)
    }

    @Test("agrees with Python's pathlib on random patterns of one level", .enabled(if: Tool.exists("python3")))
    func againstPython() throws {
        var generator = SeededGenerator(seed: 11)
        var input = ""
        var verdicts = ""
        for _ in 0..<500 {
            let pattern =
                (0..<3).map { _ in ["*", "a", "b", "?", "."].randomElement(using: &generator) ?? "a" }.joined() + "*"
            let name =
                (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                    ["a", "b", "c", "."].randomElement(using: &generator) ?? "a"
                }.joined() + "x"
            guard (try? AssetPattern(pattern)) != nil, !pattern.contains("**") else { continue }
            input += "\(pattern) \(name)\n"
            verdicts += try Self.diagnostics(#"{"rules":["\#(pattern)"]}"#, files: [name]).isEmpty ? "1" : "0"
        }
        let script =
            "import sys, fnmatch\nprint(''.join(str(int(fnmatch.fnmatchcase(n, p))) for p, n in map(str.split, sys.stdin)))"
        let outcome = try Tool.run("python3", ["-c", script], input: Array(input.utf8))
        #expect(outcome.text == verdicts + "\n")
        #expect(verdicts.contains("0") && verdicts.contains("1") && verdicts.count > 100)
    }
}
