import Capsules
import Objects
import Testing
import Versions

/// `amx.json`: what is read, what is refused with which place, and that writing is stable.
@Suite struct WorkspaceManifestTests {
    private func parse(_ text: String) throws -> WorkspaceManifest {
        try WorkspaceManifest.parse(Array(text.utf8))
    }

    @Test func readsEveryMember() throws {
        let manifest = try parse(
            """
            {
              "name": "support-team", "develops": ["b", "a"], "description": "Ours",
              "dependencies": {"acme/catalog": {"version": "^1.2.0", "remote": "hub"}, "billing": ">=1.0.0 <2.0.0"},
              "devDependencies": {"probe": {"operator": "^", "version": "1.0.0", "prerelease": true, "remote": "lab"}},
              "x-team": {"z": 1, "a": [1.5, null]}
            }
            """)
        #expect(manifest.name.string == "support-team")
        #expect(manifest.develops.map(\.string) == ["a", "b"])
        #expect(manifest.requirements.map(\.key) == ["acme/catalog", "billing", "probe"])
        #expect(manifest.requirements.map(\.remote) == ["hub", nil, "lab"])
        #expect(manifest.requirements.map { "\($0.constraint)" } == ["^1.2.0", ">=1.0.0 <2.0.0", "^1.0.0"])
        #expect(manifest.requirements.map(\.kind) == [.required, .required, .development])
        #expect(manifest.requirements[2].constraint.prerelease)
        #expect(manifest.others.keys == ["description", "x-team"])
        #expect(manifest.warnings.map(\.path) == ["$.x-team"])
    }

    @Test func aFileIsNamed() throws {
        var manifest = try parse(
            #"{"name": "a", "dependencies": {"b": {"version": "^1.0.0", "file": "./vendor/b.kc"}}}"#)
        let requirement = try #require(manifest.requirements.first)
        #expect(requirement.file?.path == "vendor/b.kc" && requirement.remote == nil)
        let encoded = manifest.encoded
        let file = try #require(FileSource("./vendor/b.kc"))
        manifest.require(requirement.id, requirement.constraint, .required, file: file)
        #expect(manifest.encoded == encoded && !file.isKept)
        #expect(FileSource("./.aimatrix/files/b-0.kc")?.isKept == true)
    }

    @Test(arguments: [
        "b.kc", "/b.kc", "./", "./.kc", "./b", "./a//b.kc", "./a/../b.kc", "././b.kc", "./a/.kc", "./b.kc/", "./a\n.kc",
        "https://hub.example/b.kc", "workspace", "", "./.git/b.kc", "./a\\b.kc", "./con/b.kc", "./.aimatrix/b.kc",
        "./.AIMATRIX/files/b.kc", "./.aimatrix/files/../b.kc", "./.aimatrix/files/", "./a /b.kc",
    ])
    func othersAreNoFiles(text: String) { #expect(FileSource(text) == nil) }

    @Test func writesTheSameForTheSame() throws {
        let text = """
            {
              "name": "team",
              "develops": [
                "a",
                "b"
              ],
              "follows": [
                "c"
              ],
              "dependencies": {
                "acme/catalog": {
                  "version": "^1.2.0",
                  "remote": "hub"
                },
                "billing": "^1.0.0"
              },
              "remotes": {
                "hub": "https://hub.example/acme",
                "lab": "http://lab.example"
              },
              "x": {
                "z": 1,
                "a": 12345678901234567
              }
            }

            """
        var manifest = try parse(text)
        #expect(String(decoding: manifest.encoded, as: UTF8.self) == text)
        manifest.develop(try CapsuleID("a"))
        #expect(String(decoding: manifest.encoded, as: UTF8.self) == text)
        manifest.develop(try CapsuleID("ab"))
        #expect(manifest.develops.map(\.string) == ["a", "ab", "b"])
        manifest.follow(try CapsuleID("ab"))
        manifest.follow(try CapsuleID("bc"))
        #expect(manifest.follows.map(\.string) == ["bc", "c"])
        manifest.develop(try CapsuleID("c"))
        #expect(manifest.follows.map(\.string) == ["bc"] && manifest.develops.count == 4)
        // Members in another order are the same file.
        let shuffled = try parse(
            #"{"x":{"z":1,"a":12345678901234567},"follows":["c","b"],"develops":["b","a"],"remotes":{"lab":"http://lab.example","hub":"https://hub.example/acme"},"name":"team","dependencies":{"billing":"^1.0.0","acme/catalog":{"version":"^1.2.0","remote":"hub"}}}"#
        )
        #expect(String(decoding: shuffled.encoded, as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("{\n}", "$.name", 1), ("{\"name\": \"A\"}", "$.name", 1), ("{\"name\": 1}", "$.name", 1),
        ("{\n\"name\": \"a\",\n\"name\": \"a\"}", "$", 3), ("[]", "$", 1),
        ("{\"name\": \"a\",\n\"develops\": \"b\"}", "$.develops", 2),
        ("{\"name\": \"a\",\n\"develops\": [\"b\",\n\"B\"]}", "$.develops[1]", 3),
        ("{\"name\": \"a\",\n\"develops\": [\"b\",\n\"b\"]}", "$.develops[1]", 3),
        ("{\"name\": \"a\",\n\"develops\": [\"a\"]}", "$.develops[0]", 2),
        ("{\"name\": \"a\",\n\"follows\": [\"a\"]}", "$.follows[0]", 2),
        ("{\"name\": \"a\",\n\"follows\": [\"b\",\n\"b\"]}", "$.follows[1]", 3),
        ("{\"name\": \"a\",\n\"dependencies\": []}", "$.dependencies", 2),
        ("{\"name\": \"a\",\n\"dependencies\": {\n\"b\": \"1.x\"}}", "$.dependencies.b", 3),
        ("{\"name\": \"a\",\n\"dependencies\": {\n\"b\": {\"remote\": \"hub\"}}}", "$.dependencies.b.version", 3),
        ("{\"name\": \"a\",\n\"remotes\": []}", "$.remotes", 2),
        ("{\"name\": \"a\",\n\"remotes\": {\n\"a.b\": \"https://hub.example/x\"}}", "$.remotes[\"a.b\"]", 3),
        ("{\"name\": \"a\",\n\"remotes\": {\n\"-x\": \"https://hub.example/x\"}}", "$.remotes.-x", 3),
        ("{\"name\": \"a\",\n\"remotes\": {\n\"hub\": \"/srv/hub\"}}", "$.remotes.hub", 3),
        ("{\"name\": \"a\",\n\"remotes\": {\n\"hub\": 1}}", "$.remotes.hub", 3),
        (
            "{\"name\": \"a\",\n\"dependencies\": {\n\"b\": {\"version\": \"1.0.0\",\n\"remote\": 1}}}",
            "$.dependencies.b.remote", 4
        ),
        (
            "{\"name\": \"a\",\n\"dependencies\": {\n\"b\": {\"version\": \"1.0.0\",\n\"file\": \"b.kc\"}}}",
            "$.dependencies.b.file", 4
        ),
        (
            "{\"name\": \"a\",\n\"dependencies\": {\n\"b\": {\"version\": \"1.0.0\",\n\"file\": \"./../b.kc\"}}}",
            "$.dependencies.b.file", 4
        ),
        (
            "{\"name\": \"a\",\n\"dependencies\": {\n\"b\": {\"version\": \"1.0.0\",\n\"file\": \"/b.kc\"}}}",
            "$.dependencies.b.file", 4
        ),
        (
            "{\"name\": \"a\",\n\"dependencies\": {\n\"b\": {\"version\": \"1.0.0\",\n\"file\": \"./b.kc\", \"remote\": \"x\"}}}",
            "$.dependencies.b.file", 4
        ),
        (
            "{\"name\": \"a\",\n\"dependencies\": {\n\"o/b\": {\"version\": \"1.0.0\",\n\"file\": \"./b.kc\"}}}",
            "$.dependencies[\"o/b\"]", 3
        ),
        ("{\"name\": \"a\",\n\"peerDependencies\": {\n\"x/y/z\": \"1.0.0\"}}", "$.peerDependencies[\"x/y/z\"]", 3),
        ("{\"name\": \"a\",\n\"dependencies\": {\"b\": \"1.0.0\",\n\"o/b\": \"1.0.0\"}}", "$.dependencies[\"o/b\"]", 3),
    ])
    func refuses(text: String, path: String, line: Int) throws {
        let error = try #require(throws: AmxError.self) { try parse(text) }
        let first = try #require(error.manifestDiagnostics.first { $0.severity == .error })
        #expect(first.path == path && first.line == line, "\(first)")
        #expect(error.message.hasPrefix("amx.json is not valid: line \(line)") && error.hint != nil)
    }
}
