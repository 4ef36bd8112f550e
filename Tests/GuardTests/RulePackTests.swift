import Guard
import Objects
import Testing

@Suite("Scanner: packs of rules")
struct RulePackTests {
    @Test("brings packs whose patterns all compile, under ids of their own")
    func builtIn() throws {
        var ids: Set<String> = []
        for pack in RulePack.builtIn {
            for rule in pack.rules {
                #expect(ids.insert(rule.id).inserted, "\(rule.id)")
                #expect(!rule.message.isEmpty && !rule.advice.isEmpty)
                var patterns = [rule.paths, rule.unless, rule.unlessLine].compactMap { $0 }
                if case .pattern(let pattern) = rule.subject {
                    #expect(
                        try RegularExpression(pattern, ignoresCase: rule.ignoresCase, bounds: .rules).groupCount
                            >= rule.group)
                    patterns.append(pattern)
                }
                for pattern in patterns {
                    #expect(throws: Never.self) { try RegularExpression(pattern, bounds: .rules) }
                }
            }
        }
        #expect(ids.count > 120)
    }

    static let full = #"""
        {"format": 1, "name": "acme", "version": "2.0", "rules": [
          {"id": "acme.host", "severity": "high", "message": "names an inner host", "advice": "leave it out",
           "pattern": "\\b([a-z]+)\\.corp\\.acme\\b", "group": 1, "ignoreCase": true, "keywords": ["corp.acme"],
           "languages": ["prose", "data"], "paths": "\\.md$", "entropy": 1.5, "unless": "^www$", "unlessLine": "public",
           "secret": true, "perFile": true},
          {"id": "acme.magic", "severity": "low", "message": "a drawing", "magic": "25504446"}]}
        """#

    @Test("reads a pack and uses its rules")
    func reads() throws {
        let pack = try RulePack(parsing: Array(Self.full.utf8), file: "acme.json")
        #expect(pack.label == "acme@2.0" && pack.rules.count == 2)
        let scanner = try Scanner(packs: [pack])
        let text = "Build.corp.acme\nvault.corp.acme www.corp.acme aaa.corp.acme public mail.corp.acme\ndisk.CORP.acme"
        let report = try scanner.scan([
            ScannedFile(path: TreePath("a.md"), content: Array(text.utf8)),
            ScannedFile(path: TreePath("a.txt"), content: Array(text.utf8)),
            ScannedFile(path: TreePath("b"), content: Array("%PDF-1.7".utf8)),
        ])
        #expect(
            report.findings.map { "\($0.path) \($0.rule) \($0.matches) \($0.line) \($0.excerpt)" } == [
                "a.md acme.host 2 1 Buil… (5 characters)", "b acme.magic 1 1 8 bytes",
            ])
        #expect(report.packs == ["acme@2.0"] && report.findings.first?.pack == "acme@2.0")
    }

    @Test(
        "refuses what it does not know, and says where",
        arguments: [
            ("[]", "$ is not an object"), ("{", "line 1"),
            (#"{"format": 2, "name": "a", "version": "1", "rules": []}"#, "$.format must be the number 1"),
            (#"{"format": 1, "name": "a b", "version": "1", "rules": []}"#, "$.name must be"),
            (#"{"format": 1, "name": "shell", "version": "1", "rules": []}"#, "no pack of Amx has"),
            (#"{"format": 1, "name": "a", "version": "1", "rules": [], "more": 1}"#, #"unknown member "more""#),
            (#"{"format": 1, "name": "a", "version": "1"}"#, "$.rules must be"),
            (
                #"{"format": 1, "name": "a", "version": "1", "rules": [{"id": "x"}]}"#,
                "$.rules[0].severity must be there"
            ),
            (rule(#""severity": "bad", "message": "m", "pattern": "a""#), "one of info, low, medium, high, critical"),
            (rule(#""severity": "low", "message": "m""#), "either a 'pattern' or a 'magic'"),
            (
                rule(#""severity": "low", "message": "m", "pattern": "a", "magic": "00""#),
                "either a 'pattern' or a 'magic'"
            ),
            (rule(#""severity": "low", "message": "m", "magic": "0g""#), "hexadecimal"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "group": -1"#), "from 0 to 100"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "entropy": "1""#), "from 0 to 8"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "languages": ["cobol"]"#), "some of javascript"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "keywords": [""]"#), "not empty"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "secret": 1"#), "true or false"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "patern": "b""#), #"unknown member "patern""#),
        ])
    func refuses(text: String, message: String) throws {
        let error = try #require(throws: AmxError.self) { try RulePack(parsing: Array(text.utf8), file: "x.json") }
        #expect(error.message.contains(message) && error.message.contains("x.json"), "\(error.message)")
        #expect(error.hint != nil)
    }

    private static func rule(_ members: String) -> String {
        #"{"format": 1, "name": "a", "version": "1", "rules": [{"id": "x", \#(members)}]}"#
    }

    @Test(
        "refuses patterns that cannot be used, groups that are not there, and ids that stand twice",
        arguments: [
            (rule(#""severity": "low", "message": "m", "pattern": "(a""#), "missing )"),
            (rule(#""severity": "low", "message": "m", "pattern": "a", "unless": "(?=b)""#), "rule x of pack a"),
            (rule(#""severity": "low", "message": "m", "pattern": "(a)", "group": 2"#), "its group is 2"),
            (
                rule(
                    #""severity": "low", "message": "m", "pattern": "a"}, {"id": "x", "severity": "low", "message": "m", "pattern": "a""#
                ), "rule x"
            ),
        ])
    func unusable(text: String, message: String) throws {
        let pack = try RulePack(parsing: Array(text.utf8), file: "x.json")
        let error = try #require(throws: AmxError.self) { try Scanner(packs: [pack]) }
        #expect(error.message.contains(message), "\(error.message)")
    }
}
