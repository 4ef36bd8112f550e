import Capsules
import Guard
import Objects
import Testing

@Suite("Scanner: advisories about dependencies")
struct AdvisoryTests {
    static let list = #"""
        {"id": "T-1", "summary": "lets\u001b[1m strangers in", "database_specific": {"severity": "CRITICAL"}, "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.4.2"}, {"introduced": "2.0.0-beta"}, {"fixed": "2.1.0"}]}]}]}
        {"id": "T-2", "details": "leaks", "database_specific": {"severity": "MODERATE"}, "affected": [{"package": {"ecosystem": "PyPI", "name": "Some_Pkg"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "3.2.post1"}]}]}, {"package": {"ecosystem": "Go", "name": "x"}}]}

        {"id": "T-3", "affected": [{"package": {"ecosystem": "PyPI", "name": "named"}, "versions": ["1.0", "odd-version"], "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]}
        {"id": "T-4", "withdrawn": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}
        {"id": "T-5", "affected": [{"package": {"ecosystem": "npm", "name": "@a/open"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}
        """#

    private func found(_ file: String, _ text: String) throws -> [String] {
        let list = try AdvisoryList(parsing: Array(Self.list.utf8), file: "list.jsonl")
        let report = try Scanner(packs: [], advisories: list)
            .scan([ScannedFile(path: TreePath(file), content: Array(text.utf8))])
        #expect(report.packs == [list.label])
        return report.vulnerabilities.map { "\($0.line) \($0.rule) \($0.excerpt)" }
    }

    @Test(
        "judges versions as their ecosystems do",
        arguments: [
            ("left", "0.9.9", false), ("left", "1.0.0", true), ("left", "1.4.1", true), ("left", "1.4.2", false),
            ("left", "2.0.0-beta", true),
            ("left", "2.0.0-alpha", false), ("left", "2.0.9", true), ("left", "2.1.0", false), ("left", "^1.4.0", true),
            ("left", "~2.0.0", true), ("left", ">=1.4.2 <2", false),
            ("left", "1", true), ("left", "1.x", false), ("left", "*", false), ("left", "<3", false),
            ("left", "1.0.0 || 2.0.0", false), ("left", "latest", false),
            ("@a/open", "99.0.0", true), ("right", "1.0.0", false),
        ])
    func npm(name: String, range: String, isFound: Bool) throws {
        let lines = try found("sub/package.json", "{\n  \"dependencies\": {\n    \"\(name)\": \"\(range)\"\n  }\n}")
        #expect(lines.isEmpty != isFound && lines.allSatisfy { $0.hasPrefix("3 T-") }, "\(lines)")
    }

    @Test(
        "reads requirements of Python",
        arguments: [
            ("some-pkg==3.2", true), ("Some.Pkg[extra] == 3.2.post1 ; python_version > '3'", true),
            ("some_pkg==3.2.post2", false), ("some-pkg==3.2rc1", true),
            ("some-pkg==3.3.dev1", false), ("some-pkg>=3.1,<4", true), ("some-pkg~=3.3", false), ("some-pkg", false),
            ("some-pkg<9", false), ("# some-pkg==1", false),
            ("-r other.txt", false), ("named==1.0", true), ("named==odd-version", false), ("some-pkg==2!1.0", false),
            ("some-pkg==3.*", true),
        ])
    func requirements(line: String, isFound: Bool) throws {
        #expect(try found("requirements-dev.txt", "other\n\(line)\n").count == (isFound ? 1 : 0))
    }

    @Test("reads lock files and projects")
    func files() throws {
        #expect(
            try found(
                "package-lock.json",
                #"{"packages": {"": {"version": "1.0.0"}, "node_modules/left": {"version": "1.0.0"}, "node_modules/b/node_modules/@a/open": {"version": "1.0.0"}}}"#
            )
                == ["1 T-1 left 1.0.0", "1 T-5 @a/open 1.0.0"])
        #expect(
            try found(
                "uv.lock",
                "version = 1\n\n[[package]]\nname = \"some-pkg\"\nversion = \"3.0\"\n\n[[package]]\nname = \"other\"\nversion = \"1.0\"\n"
            )
                == ["4 T-2 some-pkg 3.0"])
        #expect(
            try found(
                "pyproject.toml",
                "[project]\nname = \"some-pkg\"\nversion = \"1.0\"\ndependencies = [\n  \"Some-Pkg[x]==3.1\", # old\n  'named==1.0',\n]\n[tool.x]\ndependencies = [\"some-pkg==1\"]\n[project.optional-dependencies]\ndev = [\"some-pkg>=2\"]\n"
            )
                == ["5 T-2 Some-Pkg 3.1", "6 T-3 named 1.0", "11 T-2 some-pkg 2"])
        #expect(try found("other.json", #"{"dependencies": {"left": "1.0.0"}}"#).isEmpty)
        #expect(try found("package.json", "{").isEmpty)
    }

    @Test("says what is wrong and what to do, safely")
    func findings() throws {
        let list = try AdvisoryList(parsing: Array(Self.list.utf8), file: "list.jsonl")
        #expect(list.count == 4)
        let report = try Scanner(packs: [], advisories: list)
            .scan([
                ScannedFile(
                    path: TreePath("package.json"), content: Array(#"{"dependencies": {"left": "^1.4.0"}}"#.utf8))
            ])
        let finding = try #require(report.findings.first)
        #expect(finding.severity == .critical && report.riskLevel == .critical)
        #expect(finding.message.hasPrefix("left 1.4.0 and later: lets\\u{") && !finding.message.contains("\u{1B}"))
        #expect(finding.advice == "left: take 1.4.2 or 2.1.0")
    }

    @Test("takes an array as well, and refuses what is no advisory")
    func forms() throws {
        #expect(try AdvisoryList(parsing: Array(#" [{"id": "A", "affected": []}]"#.utf8), file: "x").count == 0)
        for (text, message) in [
            ("[{}]", "[0]: it has no 'id'"), ("{\"id\": 1}", "x, line 1"), ("{", "not valid JSON"),
            ("[", "not valid JSON"),
        ] {
            let error = try #require(throws: AmxError.self) { try AdvisoryList(parsing: Array(text.utf8), file: "x") }
            #expect(error.message.contains(message), "\(error.message)")
        }
    }
}
