import Capsules
import Objects
import Testing
import Versions

@Suite("Manifests")
struct ManifestTests {
    private static func parse(_ text: String) throws -> Manifest { try Manifest.parse(Array(text.utf8)) }

    /// A valid manifest with further members.
    private static func with(_ members: String) -> String {
        #"{"id":"a","name":"A","version":"1.0.0""# + (members.isEmpty ? "" : ",") + members + "}"
    }

    @Test("the smallest manifest")
    func smallest() throws {
        let manifest = try Self.parse(Self.with(""))
        #expect(manifest.id.string == "a")
        #expect(manifest.name == "A")
        #expect(manifest.version == SemanticVersion(1, 0, 0))
        #expect(manifest.tagName == "v1.0.0")
        #expect(manifest.author == nil && manifest.dependencies.isEmpty && manifest.permissions.isEmpty)
        #expect(manifest.resources == ResourceRequirements())
        #expect(manifest.warnings.isEmpty)
        #expect(
            manifest.missingForRelease == [
                "description", "author", "license", "aimatrixVersion", "dependencies", "resources", "permissions",
                "endpoints",
                "eventHandlers", "knowledgeAssets", "hooks", "tags", "category", "documentation", "changelog",
            ])
    }

    @Test("every field of the seed, typed")
    func complete() throws {
        let manifest = try Self.parse(Self.completeText)
        #expect(manifest.missingForRelease.isEmpty)
        #expect(manifest.warnings.isEmpty, "\(manifest.warnings)")
        #expect(manifest.author == Developer(name: "Ada", email: "ada@example.com", url: "https://example.com"))
        #expect(manifest.license == "MIT")
        #expect(manifest.aimatrixVersion?.description == "^2.0.0")
        #expect(manifest.nodeVersion?.description == ">=18.0.0")
        #expect(manifest.pythonVersion?.description == ">=3.9.0 <4.0.0")
        #expect(
            manifest.dependencies.map(\.id.string) == [
                "product-catalog", "com.example.tax", "theme", "fast-search", "fixtures",
            ])
        #expect(manifest.dependencies.map(\.kind) == [.required, .required, .peer, .optional, .development])
        #expect(manifest.dependencies[1].owner?.string == "acme")
        #expect(manifest.dependencies[1].constraint.prerelease)
        #expect(manifest.dependencies(.peer).map(\.constraint.description) == ["latest"])
        #expect(manifest.resources.memory.min?.bytes == 128 << 20)
        #expect(manifest.resources.memory.max == ByteSize(bytes: 1 << 30))
        #expect(manifest.resources.cpu.min == 0.25 && manifest.resources.cpu.recommended == 2)
        #expect(manifest.resources.storage.persistent?.bytes == 10 << 20)
        #expect(manifest.resources.network.outbound == ["api.example.com"])
        #expect(manifest.permissions.count == 1)
        #expect(manifest.permissions[0].actions == ["read", "write"])
        #expect(manifest.permissions[0].conditions.map(\.operator) == [.equals, .matches])
        #expect(manifest.permissions[0].conditions[0].value == 3)
        #expect(manifest.endpoints[0].method == .post && manifest.endpoints[0].description == "Makes a refund.")
        #expect(manifest.eventHandlers.map(\.event) == ["ticket.created"])
        #expect(manifest.eventHandlers.map(\.handler) == ["src/handlers/ticket.js"])
        #expect(manifest.interceptors.map { [$0.event, $0.action] } == [["orders.*.made", "note-order"]])
        #expect(manifest.knowledgeAssets[.schemas].map(\.text) == ["knowledge/schemas/refund.json"])
        #expect(manifest.knowledgeAssets[.rules].map(\.isPattern) == [true])
        #expect(manifest.hooks.scripts == [.postInstall: try TreePath("src/hooks/prepare.js")])
        #expect(manifest.tags == ["service", "refunds"])
        #expect(manifest.blocks.keys == ["keywords", "uplinks"])
        #expect(manifest.blocks["uplinks"] == [["name": "x", "args": [1.5, nil]]])
        #expect(manifest.document.count == 26)
    }

    static let completeText = """
        {
          "id": "customer-service", "name": "Customer service", "version": "1.2.0-rc.1+b5", "description": "Line one.\\nLine two.",
          "author": {"name": "Ada", "email": "ada@example.com", "url": "https://example.com"}, "license": "MIT",
          "aimatrixVersion": "^2.0.0", "nodeVersion": ">=18.0.0", "pythonVersion": {"operator": "=", "version": "3.9.0"},
          "dependencies": {
            "product-catalog": {"operator": "^", "version": "1.2.0"},
            "acme/com.example.tax": {"operator": ">=", "version": "2.0.0", "prerelease": true}
          },
          "peerDependencies": {"theme": {"operator": "latest", "version": "*"}},
          "optionalDependencies": {"fast-search": "~1.0.0"}, "devDependencies": {"fixtures": "1.0.0 || ^2.0.0"},
          "resources": {
            "memory": {"min": "128MB", "recommended": "0.5 GB", "max": "1GiB"}, "cpu": {"min": 0.25, "recommended": 2},
            "storage": {"persistent": "10mb", "temporary": "0B"}, "network": {"outbound": ["api.example.com"], "inbound": []}
          },
          "permissions": [{"resource": "orders", "actions": ["read", "write"], "conditions": [
            {"field": "user.level", "operator": "equals", "value": 3}, {"field": "region", "operator": "matches", "value": "^eu"}]}],
          "endpoints": [{"path": "/refunds", "method": "POST", "handler": "src/endpoints/refunds.js", "description": "Makes a refund."}],
          "eventHandlers": [{"event": "ticket.created", "handler": "src/handlers/ticket.js"}],
          "interceptors": [{"event": "orders.*.made", "action": "note-order"}],
          "knowledgeAssets": {"schemas": ["knowledge/schemas/refund.json"], "rules": ["knowledge/rules/*.json"], "workflows": [],
            "embeddings": []},
          "hooks": {"postInstall": "src/hooks/prepare.js"}, "tags": ["service", "refunds"], "category": "support",
          "documentation": "README.md", "changelog": "CHANGELOG.md", "keywords": ["x"], "uplinks": [{"name": "x", "args": [1.5, null]}]
        }
        """.replacing(#"{"operator": "=", "version": "3.9.0"}"#, with: #"">=3.9.0 <4.0.0""#)

    @Test(
        "names the path, what was expected and what was found",
        arguments: [
            ("[]", "$", "an object", "an array"), ("{}", "$.id", "a capsule id", "nothing"),
            (#"{"id":"a","version":"1.0.0"}"#, "$.name", "a name", "nothing"),
            (#"{"id":"a","name":"A"}"#, "$.version", "a version", "nothing"),
            (#"{"id":"Big Id","name":"A","version":"1.0.0"}"#, "$.id", "other characters", "\"Big Id\""),
            (#"{"id":5,"name":"A","version":"1.0.0"}"#, "$.id", "a capsule id", "the number 5"),
            (#"{"id":"a","name":"","version":"1.0.0"}"#, "$.name", "not empty", "\"\""),
            (#"{"id":"a","name":"\u001b[2J","version":"1.0.0"}"#, "$.name", "control characters", #"\u{1B}"#),
            (#"{"id":"a","name":"A","version":"1.0"}"#, "$.version", "three numbers", "\"1.0\""),
            (#"{"id":"a","name":"A","version":"v1.0.0"}"#, "$.version", "no 'v'", "\"v1.0.0\""),
            (#"{"id":"a","name":"A","version":1.0}"#, "$.version", "a version", "the number 1.0"),
            (#"{"id":"a","name":"A","version":"1.0.0-rc.lock"}"#, "$.version", "git takes as the tag", "1.0.0-rc.lock"),
            (#"{"id":"a","name":"A","version":"1.0.0+x.lock"}"#, "$.version", "git takes as the tag", "1.0.0+x.lock"),
            (with(#""description":null"#), "$.description", "a string", "null"),
            (with(#""author":"Ada""#), "$.author", "an object with a name", "\"Ada\""),
            (with(#""author":{"email":"a"}"#), "$.author.name", "author's name", "nothing"),
            (with(#""nodeVersion":"18""#), "$.nodeVersion", "not a full version", "\"18\""),
            (with(#""aimatrixVersion":"""#), "$.aimatrixVersion", "empty", "\"\""),
            (with(#""dependencies":[]"#), "$.dependencies", "an object", "an array"),
            (with(#""dependencies":{"B":"^1.0.0"}"#), "$.dependencies.B", "a capsule id", "\"B\""),
            (with(#""dependencies":{"x/y/z":"^1.0.0"}"#), #"$.dependencies["x/y/z"]"#, "a capsule id", "\"x/y/z\""),
            (with(#""dependencies":{"api/b":"^1.0.0"}"#), #"$.dependencies["api/b"]"#, "a capsule id", "\"api/b\""),
            (with(#""dependencies":{"b":1}"#), "$.dependencies.b", "a version constraint", "the number 1"),
            (with(#""dependencies":{"b":"!=1.0.0"}"#), "$.dependencies.b", "'!=' is not an operator", "\"!=1.0.0\""),
            (with(#""dependencies":{"b":{"version":"1.0.0"}}"#), "$.dependencies.b.operator", "an operator", "nothing"),
            (
                with(#""dependencies":{"b":{"operator":"!=","version":"1.0.0"}}"#), "$.dependencies.b.operator",
                "one of \"=\"", "\"!=\""
            ),
            (with(#""dependencies":{"b":{"operator":"^"}}"#), "$.dependencies.b.version", "a version", "nothing"),
            (
                with(#""dependencies":{"b":{"operator":"^","version":"1.0"}}"#), "$.dependencies.b", "three numbers",
                "an object"
            ),
            (
                with(#""dependencies":{"b":{"operator":"^","version":"1.0.0","prerelease":1}}"#),
                "$.dependencies.b.prerelease", "true or false", "1"
            ),
            (with(#""dependencies":{"a":"^1.0.0"}"#), "$.dependencies.a", "another capsule", "the capsule itself"),
            (
                with(#""dependencies":{"b":"^1.0.0","o/b":"^1.0.0"}"#), #"$.dependencies["o/b"]"#, "each capsule once",
                "'b' again"
            ),
            (
                with(#""resources":{"memory":{"min":128}}"#), "$.resources.memory.min", "a size such as",
                "the number 128"
            ),
            (with(#""resources":{"memory":{"min":"128"}}"#), "$.resources.memory.min", "a size such as", "\"128\""),
            (with(#""resources":{"memory":{"min":"-1MB"}}"#), "$.resources.memory.min", "a size such as", "\"-1MB\""),
            (
                with(#""resources":{"memory":{"max":"9999999999999TB"}}"#), "$.resources.memory.max", "a size such as",
                "TB"
            ),
            (
                with(#""resources":{"memory":{"min":"2GB","max":"1GB"}}"#), "$.resources.memory.max",
                "at least 'min', which is 2GB", "\"1GB\""
            ),
            (
                with(#""resources":{"memory":{"min":"1GB","recommended":"1MB"}}"#), "$.resources.memory.recommended",
                "at least 'min'", "\"1MB\""
            ),
            (with(#""resources":{"cpu":{"min":"1"}}"#), "$.resources.cpu.min", "a number of cores", "\"1\""),
            (with(#""resources":{"cpu":{"min":0}}"#), "$.resources.cpu.min", "over 0", "the number 0"),
            (
                with(#""resources":{"cpu":{"min":2,"recommended":1}}"#), "$.resources.cpu.recommended",
                "at least 'min'", "the number 1"
            ),
            (with(#""resources":{"network":{"outbound":"x"}}"#), "$.resources.network.outbound", "an array", "\"x\""),
            (
                with(#""resources":{"network":{"outbound":["a",7]}}"#), "$.resources.network.outbound[1]", "a string",
                "the number 7"
            ),
            (with(#""permissions":{}"#), "$.permissions", "an array", "an object"),
            (with(#""permissions":["x"]"#), "$.permissions[0]", "an object", "\"x\""),
            (with(#""permissions":[{"actions":[]}]"#), "$.permissions[0].resource", "a resource", "nothing"),
            (with(#""permissions":[{"resource":"a"}]"#), "$.permissions[0].actions", "actions", "nothing"),
            (
                with(
                    #""permissions":[{"resource":"a","actions":[],"conditions":[{"field":"f","operator":"in","value":1}]}]"#
                ),
                "$.permissions[0].conditions[0].operator", "one of \"equals\"", "\"in\""
            ),
            (
                with(
                    #""permissions":[{"resource":"a","actions":[],"conditions":[{"field":"f","operator":"matches","value":1}]}]"#
                ),
                "$.permissions[0].conditions[0].value", "a string", "the number 1"
            ),
            (
                with(
                    #""permissions":[{"resource":"a","actions":[],"conditions":[{"field":"f","operator":"equals"}]}]"#),
                "$.permissions[0].conditions[0].value", "a value", "nothing"
            ),
            (
                with(#""endpoints":[{"path":"x","method":"GET","handler":"h"}]"#), "$.endpoints[0].path",
                "starts with '/'", "\"x\""
            ),
            (
                with(#""endpoints":[{"path":"/","method":"get","handler":"h"}]"#), "$.endpoints[0].method",
                "one of \"GET\"", "\"get\""
            ),
            (with(#""endpoints":[{"path":"/","method":"GET"}]"#), "$.endpoints[0].handler", "a handler", "nothing"),
            (
                with(
                    #""endpoints":[{"path":"/","method":"GET","handler":"h"},{"path":"/","method":"GET","handler":"i"}]"#
                ), "$.endpoints[1]",
                "each method and path once", "GET / again"
            ),
            (with(#""eventHandlers":[{"event":"e"}]"#), "$.eventHandlers[0].handler", "a name in 'handler'", "nothing"),
            (with(#""interceptors":[{"event":"e"}]"#), "$.interceptors[0].action", "a name in 'action'", "nothing"),
            (
                with(#""interceptors":[{"event":"a..b","action":"x"}]"#), "$.interceptors[0].event",
                "a topic without empty segments", "\"a..b\""
            ),
            (
                with(#""interceptors":[{"event":".","action":"x"}]"#), "$.interceptors[0].event",
                "a topic without empty segments", "\".\""
            ),
            (
                with(#""interceptors":{"event":"a","action":"x"}"#), "$.interceptors", "an array of interceptors",
                "an object"
            ),
            (
                with(#""knowledgeAssets":{"rules":["../x"]}"#), "$.knowledgeAssets.rules[0]", "a path in the capsule",
                "\"../x\""
            ),
            (
                with(#""knowledgeAssets":{"rules":["/etc/*"]}"#), "$.knowledgeAssets.rules[0]", "a path in the capsule",
                "\"/etc/*\""
            ),
            (
                with(#""knowledgeAssets":{"rules":["a\\b"]}"#), "$.knowledgeAssets.rules[0]", "a path in the capsule",
                #""a\b""#
            ),
            (with(#""hooks":{"preinstall":"a.js"}"#), "$.hooks.preinstall", "one of preInstall", "\"preinstall\""),
            (
                with(#""hooks":{"preInstall":"../../bin/sh"}"#), "$.hooks.preInstall", "path of a script",
                "\"../../bin/sh\""
            ),
            (with(#""tags":[""]"#), "$.tags[0]", "not empty", "\"\""),
            (with(#""tags":"x""#), "$.tags", "an array", "\"x\""),
        ])
    func refuses(text: String, path: String, expected: String, found: String) throws {
        let error = #expect(throws: AmxError.self) { try Self.parse(text) }
        #expect(error?.code == .failure)
        let errors = try #require(error).manifestDiagnostics.filter { $0.severity == .error }
        let match = errors.first { $0.path == path }
        #expect(match?.expected.contains(expected) == true, "\(errors)")
        #expect(match?.found.contains(found) == true, "\(errors)")
        #expect(match?.advice.isEmpty == false)
        #expect(error?.message.hasPrefix("manifest.json is not valid: line 1, column ") == true)
        #expect(error?.hint != nil)
    }

    @Test("all problems come at once, each with its place")
    func itemised() throws {
        let text = """
            {
              "id": "a",
              "name": 7,
              "version": "1.0.0",
              "resources": {
                "memory": {"min": "2GB",
                           "max": "1GB"}
              },
              "tags": ["ok", false],
              "colour": "red"
            }
            """
        let error = try #require(
            #expect(throws: AmxError.self) { try Manifest.parse(Array(text.utf8), file: "x/manifest.json") })
        #expect(
            error.message
                == "x/manifest.json is not valid: line 3, column 11: $.name: expected a string, found the number 7 (and 2 more problems)"
        )
        #expect(
            error.manifestDiagnostics.map(\.description).sorted() == [
                "x/manifest.json:10:3: warning: $.colour: expected a member that Amx knows, found \"colour\"",
                "x/manifest.json:3:11: error: $.name: expected a string, found the number 7",
                "x/manifest.json:7:23: error: $.resources.memory.max: expected at least 'min', which is 2GB, found \"1GB\"",
                "x/manifest.json:9:18: error: $.tags[1]: expected a string, found false",
            ])
        #expect("\(try #require(error.cause))".split(separator: "\n").count == 8)
        #expect(error.manifestDiagnostics.first?.json["line"]?.integer != nil)
    }

    @Test("one problem is not counted, two are")
    func count() {
        let one = #expect(throws: AmxError.self) { try Self.parse(Self.with(#""tags":1"#)) }
        #expect(
            one?.message
                == "manifest.json is not valid: line 1, column 47: $.tags: expected an array of strings, found the number 1"
        )
        let two = #expect(throws: AmxError.self) { try Self.parse(Self.with(#""tags":1,"license":1"#)) }
        #expect(two?.message.hasSuffix("(and 1 more problem)") == true)
    }

    @Test("JSON that is not strict is one problem with its place")
    func notJSON() throws {
        for (text, reason) in [
            (
                "{\"id\":\"a\",\n\"id\":\"b\"}",
                "line 2, column 1: $: expected valid JSON, found the key \"id\" stands twice in its object"
            ),
            ("{\"id\":\"a\",}", "line 1, column 11: $: expected valid JSON, found a comma with nothing after it"),
            ("\u{feff}{}", "line 1, column 1: $: expected valid JSON, found the text starts with a byte order mark"),
        ] {
            let error = try #require(#expect(throws: AmxError.self) { try Self.parse(text) })
            #expect(error.message == "manifest.json is not valid: \(reason)")
            #expect(error.manifestDiagnostics.count == 1)
        }
    }

    @Test("limits of size, depth and count of findings")
    func limits() throws {
        var limits = Limits.standard
        limits.manifestBytes = 10
        let error = #expect(throws: AmxError.self) { try Manifest.parse(Array(Self.with("").utf8), limits: limits) }
        #expect(error?.message.contains("'manifestBytes' is 10") == true)
        let deep = Self.with("\"x\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        #expect(throws: AmxError.self) { try Self.parse(deep) }
        let many = Self.with(#""tags":["# + Array(repeating: "0", count: 5000).joined(separator: ",") + "]")
        let problems = #expect(throws: AmxError.self) { try Self.parse(many) }
        #expect(problems?.manifestDiagnostics.count == 100)
    }

    @Test("unknown members warn and are kept")
    func unknown() throws {
        let manifest = try Self.parse(Self.with(#""future":{"b":1,"a":[2]},"resources":{"gpu":1}"#))
        #expect(manifest.warnings.map(\.path).sorted() == ["$.future", "$.resources.gpu"])
        #expect(manifest.warnings.allSatisfy { $0.severity == .warning })
        #expect(JSONWriter.text(.object(manifest.blocks)) == #"{"future":{"b":1,"a":[2]}}"#)
    }

    @Test("the template is valid, complete and warns of nothing")
    func template() throws {
        let id = try CapsuleID("customer-service")
        let value = Manifest.template(
            id: id, name: "Customer service", author: Developer(name: "Ada", email: "a@example.com"))
        let manifest = try Manifest.parse(JSONWriter.bytes(value, .pretty))
        #expect(manifest.id == id)
        #expect(manifest.warnings.isEmpty)
        #expect(manifest.missingForRelease.isEmpty)
        #expect(manifest.author?.email == "a@example.com")
        #expect(manifest.knowledgeAssets[.embeddings].map(\.text) == ["knowledge/embeddings/**"])
    }
}
