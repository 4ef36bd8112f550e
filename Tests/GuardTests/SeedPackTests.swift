import Capsules
import Guard
import Objects
import Testing

@Suite("Scanner: the seed's patterns")
struct SeedPackTests {
    private func entries(_ text: String, file: String = "a.js") throws -> [Finding] {
        try Scanner(packs: [.seed]).scan([ScannedFile(path: TreePath(file), content: Array(text.utf8))])
            .maliciousPatterns
    }

    /// The seven patterns as JavaScript's `source` gives them, in order.
    static let sources = [
        #"require\(['"`]child_process['"`]\)"#, #"eval\s*\("#, #"Function\s*\("#, #"process\.env"#,
        #"fs\.(readFile|writeFile|unlink)"#, #"require\(['"`]net['"`]\)"#, #"require\(['"`]crypto['"`]\)"#,
    ]

    @Test("has the seven patterns, to the letter and in order")
    func patterns() {
        #expect(RulePack.seed.name == "seed-v1")
        #expect(RulePack.seed.rules.map(\.published) == Self.sources)
    }

    @Test(
        "matches what they match, and no more",
        arguments: [
            ("require(\"child_process\")", [0: 1]), ("require('child_process')", [0: 1]),
            ("require(`child_process`)", [0: 1]),
            ("require('child_process\")", [0: 1]), ("require( 'child_process' )", [:]),
            ("require('child_processes')", [:]),
            ("eval (x)", [1: 1]), ("medieval (x)", [1: 1]), ("eval\n\t(x)", [1: 1]),
            ("eval\u{A0}\u{FEFF}\u{B}(x)", [1: 1]), ("Eval(x)", [:]),
            ("eval\u{200B}(x)", [:]), ("eval", [:]), ("new Function(\"a\")", [2: 1]), ("isFunction(x)", [2: 1]),
            ("function (x)", [:]),
            ("process.env.X + process.env.Y", [3: 2]), ("process[\"env\"]", [:]), ("process.environment", [3: 1]),
            ("fs.readFileSync(x)", [4: 1]), ("fs.writeFile fs.unlinkSync", [4: 2]), ("fs.promises.readFile", [:]),
            ("prefs.readFile", [4: 1]), ("require('net')", [5: 1]), ("require( 'net' )", [:]),
            ("require('network')", [:]),
            ("import net", [:]), ("require(`crypto`)", [6: 1]), ("globalThis.eval", [:]),
            ("// eval(x)\n\"eval(y)\"", [1: 2]),
            ("eval(process.env.A)require('net')", [1: 1, 3: 1, 5: 1]), ("", [:]),
        ] as [(String, [Int: Int])])
    func matches(text: String, counts: [Int: Int]) throws {
        let found = try entries(text)
        #expect(found.compactMap(\.pattern) == counts.keys.sorted().map { Self.sources[$0] })
        #expect(found.map(\.matches) == counts.sorted { $0.key < $1.key }.map(\.value))
    }

    @Test("counts all matches of a file in one entry, by files and then by patterns")
    func order() throws {
        let many = String(repeating: "eval(a) ", count: 5000)
        let report = try Scanner(packs: [.seed]).scan([
            ScannedFile(path: TreePath("a.js"), content: Array("\n process.env \(many)".utf8)),
            ScannedFile(path: TreePath("b.js"), content: Array("fs.unlink require('child_process')".utf8)),
        ])
        #expect(
            report.maliciousPatterns.map { "\($0.path) \($0.rule) \($0.matches) \($0.line):\($0.column)" } == [
                "a.js seed-v1.eval 5000 2:14", "a.js seed-v1.environment 1 2:2", "b.js seed-v1.process 1 1:11",
                "b.js seed-v1.files 1 1:1",
            ])
        let entry = try #require(report.json["maliciousPatterns"]?.array?.first?.object)
        #expect(entry["pattern"] == .string(#"eval\s*\("#))
        #expect(entry["file"] == "a.js" && entry["matches"] == 5000 && entry["severity"] == "medium")
        #expect(report.vulnerabilities.isEmpty)
    }
}
