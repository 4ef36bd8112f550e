import Capsules
import TestSupport
import Testing

@Suite("Differences: what widens trust")
struct TrustTests {
    @Test(
        "tells what the manifest allows more, otherwise or less",
        arguments: [
            ("", "", []),
            // Permissions.
            ("", #""permissions":[{"resource":"k","actions":["read"]}]"#, ["widens permission read on k"]),
            (#""permissions":[{"resource":"k","actions":["read"]}]"#, "", ["narrows permission read on k"]),
            (
                #""permissions":[{"resource":"k","actions":["read"]}]"#,
                #""permissions":[{"resource":"k","actions":["write","read"]}]"#, ["widens permission write on k"]
            ),
            // The same in other words.
            (
                #""permissions":[{"resource":"k","actions":["read","write"]}]"#,
                #""permissions":[{"resource":"k","actions":["write"]},{"resource":"k","actions":["read"]}]"#, []
            ),
            // A condition that falls away widens, one that comes narrows.
            (
                #""permissions":[{"resource":"k","actions":["read"],"conditions":[{"field":"a","operator":"equals","value":1}]}]"#,
                #""permissions":[{"resource":"k","actions":["read"]}]"#, ["widens permission read on k"]
            ),
            (
                #""permissions":[{"resource":"k","actions":["read"]}]"#,
                #""permissions":[{"resource":"k","actions":["read"],"conditions":[{"field":"a","operator":"equals","value":1}]}]"#,
                ["narrows permission read on k"]
            ),
            // What `*` allowed already is nothing new.
            (
                #""permissions":[{"resource":"*","actions":["*"]}]"#,
                #""permissions":[{"resource":"*","actions":["*"]},{"resource":"k","actions":["read"]}]"#, []
            ),
            (
                #""permissions":[{"resource":"k","actions":["*"]}]"#,
                #""permissions":[{"resource":"*","actions":["read"]}]"#,
                ["widens permission read on *", "narrows permission * on k"]
            ),
            // Members of which nothing is known may widen it.
            (
                #""permissions":[{"resource":"k","actions":["read"],"scope":"/tmp"}]"#,
                #""permissions":[{"resource":"k","actions":["read"],"scope":"/"}]"#,
                ["widens permission read on k", "narrows permission read on k"]
            ),
            (
                #""permissions":[{"resource":"k","actions":["read"],"description":"a"}]"#,
                #""permissions":[{"resource":"k","actions":["read"],"description":"b"}]"#, []
            ),
            // Names that only look alike are others.
            (
                #""permissions":[{"resource":"caf\u00e9","actions":["read"]}]"#,
                #""permissions":[{"resource":"cafe\u0301","actions":["read"]}]"#,
                ["widens permission read on cafe\u{301}", "narrows permission read on caf\u{e9}"]
            ),
            // Network.
            (
                #""resources":{"network":{"outbound":["a.example"]}}"#,
                #""resources":{"network":{"outbound":["b.example","a.example"],"inbound":["*"]}}"#,
                ["widens network outbound b.example", "widens network inbound *"]
            ),
            (
                #""resources":{"network":{"outbound":["a.example"]}}"#, #""resources":{"network":{"outbound":[]}}"#,
                ["narrows network outbound a.example"]
            ),
            (
                #""resources":{"network":{"outbound":["*"]}}"#,
                #""resources":{"network":{"outbound":["a.example"]}}"#,
                ["alters network outbound a.example", "narrows network outbound *"]
            ),
            // Capabilities, in both shapes.
            (
                #""capabilities":{"fs_read":["cwd://a"],"uplink":false}"#,
                #""capabilities":{"fs_read":["cwd://a","home://"],"uplink":true,"host_process":["git"]}"#,
                [
                    "widens capability fs_read home://", "widens capability uplink",
                    "widens capability host_process git",
                ]
            ),
            (#""capabilities":["a"]"#, #""capabilities":["b"]"#, ["widens capability b", "narrows capability a"]),
            (#""capabilities":{"uplink":true}"#, "", ["narrows capability uplink"]),
            (
                #""capabilities":[{"name":"fs","paths":["/tmp"]}]"#, #""capabilities":[{"name":"fs","paths":["/"]}]"#,
                ["alters capability fs"]
            ),
            (
                #""capabilities":{"ipc":[{"name":"a","scope":"own"}]}"#,
                #""capabilities":{"ipc":[{"name":"a","scope":"all"}]}"#, ["alters capability ipc a"]
            ),
            (#""capabilities":{"net":["a"]}"#, #""capabilities":{"net":"*"}"#, ["alters capability net list"]),
            // Hooks, endpoints and events.
            ("", #""hooks":{"postInstall":"a.js"}"#, ["widens hook postInstall"]),
            (#""hooks":{"postInstall":"a.js"}"#, #""hooks":{"postInstall":"b.js"}"#, ["alters hook postInstall"]),
            (#""hooks":{"postInstall":"a.js"}"#, #""hooks":{}"#, ["narrows hook postInstall"]),
            (
                #""endpoints":[{"path":"/a","method":"GET","handler":"a"}]"#,
                #""endpoints":[{"path":"/a","method":"POST","handler":"a"}]"#,
                ["widens endpoint POST /a", "narrows endpoint GET /a"]
            ),
            (
                #""endpoints":[{"path":"/a","method":"GET","handler":"a"}]"#,
                #""endpoints":[{"path":"/a","method":"GET","handler":"b"}]"#, ["alters endpoint GET /a.handler"]
            ),
            ("", #""eventHandlers":[{"event":"e","handler":"h"}]"#, ["widens event e"]),
            // Tools and servers: what is told of them is what an agent believes.
            (
                #""tools":[{"name":"t","description":"a"}]"#, #""tools":[{"name":"t","description":"b"}]"#,
                ["alters tool t.description"]
            ),
            (
                #""tools":{"t":{"inputSchema":{"type":"object"}}}"#, #""tools":{"t":{"inputSchema":{"type":"array"}}}"#,
                ["alters tool t.inputSchema"]
            ),
            ("", #""tools":[{"name":"t"},{"name":"t"}]"#, ["widens tool t", "widens tool t #2"]),
            // One that is called like a numbered one hides none.
            (
                #""mcpServers":[{"name":"a"},{"name":"a #2","command":"good"}]"#,
                #""mcpServers":[{"name":"a"},{"name":"a","command":"evil"},{"name":"a #2","command":"good"}]"#,
                ["widens mcpServer a #2 #2", "alters mcpServer a #2.name", "alters mcpServer a #2.command"]
            ),
            (
                #""mcpServers":{"s":{"command":"a","args":["x"]}}"#,
                #""mcpServers":{"s":{"command":"b","args":["x"]}}"#,
                ["alters mcpServer s.command"]
            ),
            ("", #""mcpServers":{"s":{"command":"a"}}"#, ["widens mcpServer s"]),
            // The level: a lower one asks for fewer approvals.
            (#""securityLevel":"RESTRICTED""#, #""securityLevel":"SAFE""#, ["widens securityLevel securityLevel"]),
            (#""securityLevel":"high""#, "", ["widens securityLevel securityLevel"]),
            (#""securityLevel":"safe""#, #""securityLevel":"dangerous""#, ["alters securityLevel securityLevel"]),
            (
                #""runtime":{"isolation":"vm","networkAccess":false}"#,
                #""runtime":{"isolation":"container","networkAccess":true}"#,
                ["widens runtime networkAccess", "alters runtime isolation"]
            ),
            (
                #""sandbox":{"isolation":"vm","networkAccess":false,"resourceLimits":{"maxMemory":1,"x":1}}"#,
                #""sandbox":{"isolation":"container","resourceLimits":{"maxMemory":2,"x":2},"y":1}"#,
                [
                    "alters runtime isolation", "alters runtime resourceLimits.maxMemory",
                    "alters runtime resourceLimits.x", "alters runtime y", "alters runtime networkAccess",
                ]
            ),
            // How a tool runs is more than what is told of it.
            (
                #""tools":[{"name":"t","securityLevel":"RESTRICTED","handler":"a.js","timeout":1}]"#,
                #""tools":[{"name":"t","securityLevel":"SAFE","handler":"b.js","x":1}]"#,
                [
                    "widens securityLevel t.securityLevel", "alters runtime tool t.handler", "alters runtime tool t.x",
                    "alters runtime tool t.timeout",
                ]
            ),
            (
                #""tools":[{"name":"t","securityLevel":"SAFE"}]"#, #""tools":[{"name":"t"}]"#,
                ["widens securityLevel t.securityLevel"]
            ),
            (
                #""components":[{"id":"c","hash":"a"}]"#,
                #""components":[{"id":"c","hash":"b","capabilities":{"net":["*"]}}]"#,
                ["alters runtime c.hash", "alters runtime c.capabilities"]
            ),
            (#""capabilities":{}"#, #""capabilities":{"unknown":["a"]}"#, ["widens capability unknown a"]),
            ("", #""cron":[{"name":"nightly","schedule":"@daily"}]"#, ["widens schedule nightly"]),
            ("", #""env":{"TOKEN":{"type":"secret"}}"#, ["widens environment TOKEN"]),
            ("", #""contextFiles":["a.md"]"#, ["widens context a.md"]),
            // Empty blocks are none.
            ("", #""hooks":{},"endpoints":[],"permissions":[],"tools":[],"eventHandlers":[]"#, []),
            (#""tools":[]"#, #""tools":"all""#, ["alters tool tools"]),
        ] as [(String, String, [String])])
    func manifests(old: String, new: String, trust: [String]) throws {
        let found = try Difference.ofManifests(old, new).trust
        #expect(found.map { "\($0.direction.rawValue) \($0.kind.rawValue) \($0.subject)" } == trust)
        for change in found { #expect(change.old != nil || change.new != nil) }
    }

    @Test("puts what widens first, whatever its kind")
    func order() throws {
        let found = try Difference.ofManifests(
            #""hooks":{"preInstall":"a"},"tools":[{"name":"t","description":"a"}],"permissions":[{"resource":"k","actions":["read"]}]"#,
            #""tools":[{"name":"t","description":"b"},{"name":"u"}],"permissions":[]"#)
        #expect(found.trust.map(\.direction) == [.widens, .alters, .narrows, .narrows])
    }

    @Test("says of a hook that its script is another")
    func script() throws {
        let manifest = #"{"id":"a","name":"A","version":"1.0.0","hooks":{"postInstall":"src/a.js"}}"#
        let old = try MemoryContent(texts: ["manifest.json": manifest, "src/a.js": "1", "src/b.js": "1"])
        let new = try MemoryContent(texts: ["manifest.json": manifest, "src/a.js": "2", "src/b.js": "2"])
        let found = try old.difference(to: new)
        #expect(found.trust.map(\.subject) == ["postInstall: its script differs"])
        #expect(found.files.map(\.scope) == [.function, .module])
    }

    @Test("takes a manifest that cannot be read for a reason not to trust", arguments: ["{", "[]", ""])
    func unreadable(text: String) throws {
        let old = try MemoryContent(texts: ["manifest.json": #"{"id":"a","name":"A","version":"1.0.0"}"#])
        let new = try MemoryContent(texts: ["manifest.json": text])
        let found = try old.difference(to: new)
        #expect(found.trust.map(\.kind) == [.manifest])
        #expect(found.trust.first?.direction == .widens)
    }

    @Test(
        "names what breaks",
        arguments: [
            (#""endpoints":[{"path":"/a","method":"GET","handler":"a"}]"#, "", ["endpointRemoved GET /a"]),
            (#""provides":["topic:a"]"#, #""provides":["topic:b"]"#, ["capabilityRemoved topic:a"]),
            (#""exports":{"a":{}}"#, "", ["exportRemoved a"]), (#""tools":[{"name":"t"}]"#, "", ["toolRemoved t"]),
            ("", #""permissions":[{"resource":"k","actions":["read"]}]"#, ["permissionRequired read on k"]),
            ("", #""requires":["tool:x"]"#, ["requirementAdded tool:x"]),
            (#""version":"1.2.0""#, #""version":"2.0.0""#, ["versionIncompatible 1.2.0 -> 2.0.0"]),
            (#""version":"1.2.0""#, #""version":"1.3.0""#, []),
            (#""version":"0.1.0""#, #""version":"0.2.0""#, ["versionIncompatible 0.1.0 -> 0.2.0"]),
            (#""version":"2.0.0""#, #""version":"1.0.0""#, []),
            (
                #""tools":[{"name":"t","inputSchema":{"type":"object","properties":{"a":{"type":"string"},"b":{}}}}]"#,
                #""tools":[{"name":"t","inputSchema":{"type":"object","properties":{"a":{"type":"number"}},"required":["c"]}}]"#,
                [
                    "schemaTightened tool t: 'c' is required", "schemaTightened tool t: 'a' must be integer or number",
                    "schemaTightened tool t: 'b' is gone",
                ]
            ),
        ] as [(String, String, [String])])
    func breaking(old: String, new: String, breaking: [String]) throws {
        let found = try Difference.ofManifests(old, new).breaking
        #expect(found.map { "\($0.rule.rawValue) \($0.subject)" } == breaking)
    }

    @Test("looks into schema files for what breaks")
    func schemas() throws {
        let manifest = #"{"id":"a","name":"A","version":"1.0.0"}"#
        let old = try MemoryContent(
            texts: [
                "manifest.json": manifest,
                "schemas/t.json": #"{"properties":{"p":{"enum":["a","b"]}},"required":["p"]}"#,
            ])
        let new = try MemoryContent(
            texts: [
                "manifest.json": manifest,
                "schemas/t.json": #"{"properties":{"p":{"enum":["a"]}},"required":["p","q"]}"#,
            ])
        #expect(
            try old.difference(to: new).breaking.map(\.subject) == [
                "schemas/t.json: 'q' is required", "schemas/t.json: 'p' has fewer choices",
            ])
    }

    @Test(
        "tells how versions moved",
        arguments: [
            ("1.0.0", "2.0.0", .major, true), ("1.0.0", "1.1.0", .minor, false), ("1.0.0", "1.0.1", .patch, false),
            ("0.1.0", "0.1.1", .patch, false), ("0.0.1", "0.0.2", .patch, true),
            ("1.0.0-a", "1.0.0", .prerelease, false),
            ("1.0.0+a", "1.0.0+b", .build, false), ("1.1.0", "1.0.9", .downgrade, false),
            ("x", "1.0.0", .unknown, false),
        ] as [(String, String, VersionChange.Step, Bool)])
    func versions(old: String, new: String, step: VersionChange.Step, isIncompatible: Bool) throws {
        let found = try Difference.ofManifests(#""version":"\#(old)""#, #""version":"\#(new)""#).version
        #expect(found?.step == step)
        #expect(found?.isIncompatible == isIncompatible)
    }

    @Test("tells what is needed more, otherwise and no longer")
    func dependencies() throws {
        let found = try Difference.ofManifests(
            #""dependencies":{"a":"^1.0.0","b":"1.0.0"},"nodeVersion":">=18""#,
            #""dependencies":{"a":"^2.0.0","c":{"operator":"^","version":"1.0.0"}},"peerDependencies":{"b":"1.0.0"}"#)
        #expect(
            found.dependencies.map { "\($0.kind) \($0.id) \($0.old ?? "-") \($0.new ?? "-")" } == [
                "dependencies a ^1.0.0 ^2.0.0", #"dependencies c - {"operator":"^","version":"1.0.0"}"#,
                "dependencies b 1.0.0 -", "peerDependencies b - 1.0.0", "nodeVersion nodeVersion >=18 -",
            ])
    }

    @Test(
        "a manifest as large as one may be costs little",
        arguments: [
            (#""tools":["#, #"{"name":"t"}"#), (#""tools":["#, "1"), (#""capabilities":["#, #""a""#),
            (#""permissions":["#, #"{"resource":"k","actions":["a"],"conditions":[{"field":"#),
            (#""permissions":["#, #"{"resource":"k","actions":["#),
        ])
    func isBounded(start: String, element: String) throws {
        func manifest(_ seed: Int) -> String {
            let elements = (0..<6_000).map { index in
                if element.hasSuffix("\"field\":") { return "\(element)\"\(index + seed)\"}]}" }
                return element.hasSuffix("[") ? "\(element)\"\(index + seed)\"]}" : element
            }
            return "\(start)\(elements.dropFirst(seed).joined(separator: ","))]"
        }
        let begin = ProcessorTime.now
        _ = try Difference.ofManifests(manifest(0), manifest(1))
        #expect(ProcessorTime.now - begin < .seconds(20))
    }
}
