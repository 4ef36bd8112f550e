import Capsules
import Objects
import Testing
import Versions

/// Rows S-025 to S-027: what a capsule offers to others, and what that does to the order of loading; and its uplinks (row S-031).
@Suite struct ManifestLoadingTests {
    private func manifest(_ id: String = "a", _ more: String) throws -> Manifest {
        try Manifest.parse(
            Array("{\"id\": \"\(id)\", \"name\": \"A\", \"version\": \"1.0.0\"\(more.isEmpty ? "" : ", \(more)")}".utf8)
        )
    }

    private static func tool(_ name: String) -> String {
        #"{"name": "\#(name)", "description": "d", "inputSchema": {}, "handler": "t.js"}"#
    }

    @Test(arguments: [
        ("", []),
        ("\"capabilities\": {\"ipc_publish\": [\"foo.bar\", \"baz\"]}", ["topic:foo.bar", "topic:baz"]),
        ("\"capabilities\": {\"ipcPublish\": [\"foo.bar\", \"baz\"]}", ["topic:foo.bar", "topic:baz"]),
        (
            "\"provides\": [\"custom:cap\"], \"capabilities\": {\"ipcPublish\": [\"no\"]}, \"tools\": [\(tool("t"))]",
            ["custom:cap"]
        ),
        ("\"provides\": [\"b:x\", \"a\", \"b:x\"]", ["b:x", "a", "b:x"]),
        ("\"provides\": [], \"tools\": [\(tool("run_shell"))]", ["tool:run_shell"]),
        (
            "\"uplinks\": [{\"name\": \"cli\", \"platform\": \"p\"}], \"llmProviders\": [{\"id\": \"m1\"}, {\"id\": \"m2\"}],"
                + "\"tools\": [\(tool("t2")), \(tool("t1"))], \"capabilities\": {\"ipcPublish\": [\"x.response.*\"]}",
            ["topic:x.response.*", "tool:t2", "tool:t1", "llm:m1", "llm:m2", "uplink:cli"]
        ),
        (
            "\"provides\": 7, \"tools\": [\(tool("t"))], \"uplinks\": {}, \"capabilities\": {}",
            ["tool:t"]
        ),
        ("\"topics\": [{\"name\": \"x\", \"direction\": \"publish\"}]", []),
    ])
    func effectiveProvides(more: String, expected: [String]) throws {
        #expect(try manifest("a", more).effectiveProvides == expected)
    }

    private func order(_ manifests: [Manifest]) throws -> (names: [String], unmet: [String]) {
        let order = try LoadOrder(manifests.map(\.loadCandidate))
        return (order.indices.map { manifests[$0].id.string }, order.unmet.map { "\($0.name) \($0.requirement)" })
    }

    @Test func ordersByWhatIsDerived() throws {
        let found = try order([
            try manifest("b", "\"requires\": [\"topic:foo.bar\", \"tool:t\"]"),
            try manifest("a", "\"capabilities\": {\"ipcPublish\": [\"foo.bar\"]}"),
            try manifest("c", "\"tools\": [\(Self.tool("t"))]"),
        ])
        #expect(found.names == ["a", "c", "b"] && found.unmet.isEmpty)
    }

    /// A publisher of replies for each request has a segment too many, so it must say what it provides.
    @Test(arguments: [
        ("", ["react", "session"], ["react topic:session.v1.response.clear"]),
        ("\"provides\": [\"topic:session.v1.response.clear\"],", ["session", "react"], []),
    ])
    func ordersWildcardPublishers(provides: String, names: [String], unmet: [String]) throws {
        let found = try order([
            try manifest("react", "\"requires\": [\"topic:session.v1.response.clear\"]"),
            try manifest(
                "session", "\(provides) \"capabilities\": {\"ipcPublish\": [\"session.v1.response.clear.*\"]}"),
        ])
        #expect(found.names == names && found.unmet == unmet)
    }

    /// What has a name and a platform is an uplink; the rest of the block counts for nothing.
    @Test(
        arguments: [
            ("", []),
            (#""uplinks": {}"#, []),
            (
                #""uplinks": [1, null, "x", [], {}, {"name": "x"}, {"platform": "p"}, {"name": "", "platform": "p"}]"#,
                []
            ),
            (
                #""uplinks": [{"name": "x", "platform": ""}, {"name": 1, "platform": "p"}, {"name": "x", "platform": []}]"#,
                []
            ),
            (
                #""uplinks": [{"name": "b", "platform": "p"}, {"name": "a", "platform": "p", "more": 1}]"#,
                ["b p -", "a p -"]
            ),
            (#""uplinks": [{"name": "x", "platform": "P", "profile": "chat"}]"#, ["x P chat"]),
            (
                #""uplinks": [{"profile": "own", "platform": "p", "name": "x"}, {"name": "x", "platform": "p", "profile": 1}]"#,
                [
                    "x p own", "x p -",
                ]
            ),
        ] as [(String, [String])])
    func uplinks(more: String, expected: [String]) throws {
        let found = try manifest("a", more).uplinks.map { "\($0.name) \($0.platform) \($0.profile?.rawValue ?? "-")" }
        #expect(found == expected)
    }

    @Test(arguments: [
        (UplinkProfile.chat, "chat"), (.interactive, "interactive"), (.notify, "notify"), (.bridge, "bridge"),
    ])
    func profilesHaveNames(profile: UplinkProfile, name: String) throws {
        let more = #""uplinks": [{"name": "x", "platform": "p", "profile": "\#(name)"}]"#
        #expect(try manifest("a", more).uplinks.first?.profile == profile)
    }
}
