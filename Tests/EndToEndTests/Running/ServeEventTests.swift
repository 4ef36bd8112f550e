import Foundation
import TestSupport
import Testing

/// Events between the capsules of `amx serve`.
@Suite(.onTestThreads) struct ServeEventTests {
    /// A capsule that publishes what it is told, `times` times.
    private static let source = (
        #""runtime": {"main": "main.js"}, "capabilities": {"ipcPublish": ["orders.v1.made", "a.*.b"]}"#,
        [
            "main.js": """
            async function handler({ topic, data, times }) {
                for (let i = 0; i < (times || 1); i++) await aimatrix.events.emit({ topic, data });
                return {};
            }
            """
        ]
    )

    /// What a capsule needs that keeps the events that it gets, and has a tool that tells of them.
    private static let keeping = """
        "capabilities": {"kv": ["*"]}, "resources": {"storage": {"persistent": "1MB"}}, "runtime": {"engine": "js"}
        """
    private static let seen = """
        async function handler() {
            const keys = (await aimatrix.kv.list({})).keys;
            const values = await Promise.all(keys.map((key) => aimatrix.kv.get({ key })));
            return { seen: values.map((found) => found.value) };
        }
        """

    private static func keep(_ key: String) -> String {
        "async function handler(input) { await aimatrix.kv.set({ key: '\(key)', value: { by: '\(key)', ...input } }); return {}; }\n"
    }

    private static func tool(_ name: String, _ handler: String) -> String {
        #"{"name": "\#(name)", "description": "d", "handler": "\#(handler)", "inputSchema": {"type": "object"}}"#
    }

    /// What runs of a capsule were for events, as `label engine outcome`.
    private static func deliveries(_ work: AmxTool, _ id: String) throws -> [String] {
        try work.executions(id).filter { $0["outcome"] != .null && $0["tool"].string?.hasPrefix("event:") == true }
            .map { "\($0["tool"].string ?? "") \($0["engine"].string ?? "") \($0["outcome"].string ?? "")" }.sorted()
    }

    /// An action is a path, a tool, or what an engine knows by that name; an event goes to each that wants it.
    @Test func eventsGoToWhoWantsThem() throws {
        let work = try AmxTool().workspace()
        try work.develop("source", Self.source.0, Self.source.1)
        try work.develop(
            "kept",
            Self.keeping + """
                , "tools": [\(Self.tool("seen", "seen.js")), \(Self.tool("take", "tool.js"))],
                "eventHandlers": [{"event": "orders.*.made", "handler": "path.js"}, {"event": "orders.v2.made", "handler": "path.js"}],
                "interceptors": [{"event": "orders.v1.made", "action": "take"}, {"event": "orders.made", "action": "take"},
                                 {"event": "orders.v1.made", "action": "nothing"}]
                """,
            ["seen.js": Self.seen, "path.js": Self.keep("path"), "tool.js": Self.keep("tool")])
        try work.json("new", "parts", "--template", "wasm")
        let manifest = try #require(work.text("knowledge/capsules/parts/manifest.json"))
        let interceptors =
            #""interceptors": [{"event": "a.*.b", "action": "component:main#greet"}, {"event": "a.x.b", "action": "greet"}], "#
        try work.write("parts", "manifest.json", "{" + interceptors + manifest.dropFirst())
        let session = try ServeSession(work)
        let made = #"{"topic": "orders.v1.made", "data": {"number": 7, "text": "\u0000 \u2028"}}"#
        #expect(try session.call("source", made)["isError"].bool == false)
        #expect(try Patience.waits { try session.call("kept__seen")["structuredContent"]["seen"].array.count == 2 })
        let seen = try session.call("kept__seen")["structuredContent"]["seen"].array
        #expect(seen.map { $0["by"].string } == ["path", "tool"])
        for event in seen {
            #expect(event["topic"].string == "orders.v1.made" && event["source"].string == "source")
            #expect(event["data"] == .object(["number": .int(7), "text": .string("\0 \u{2028}")]))
        }
        #expect(try session.call("source", #"{"topic": "a.x.b", "data": null}"#)["isError"].bool == false)
        // What wants an event and is not there is told of; the rest goes on.
        #expect(try session.close() == 0)
        #expect(session.errors.contains("kept did not take 'orders.v1.made': no engine of kept supports 'nothing'"))
        #expect(try Self.deliveries(work, "kept") == Array(repeating: "event:orders.v1.made js ok", count: 2))
        #expect(try Self.deliveries(work, "parts") == Array(repeating: "event:a.x.b wasm ok", count: 2))
        #expect(session.others.isEmpty)
    }

    /// What somebody has to approve is denied, and recorded as such; what is not declared is not published.
    @Test func deliveriesNeedWhatRunsNeed() throws {
        let work = try AmxTool().workspace()
        try work.develop("source", Self.source.0, Self.source.1)
        try work.develop(
            "strict",
            #""securityLevel": "RESTRICTED", "eventHandlers": [{"event": "*.*.*", "handler": "on.js"}], "runtime": {"engine": "js"}"#,
            ["on.js": "function handler() { return 1 }\n"])
        let session = try ServeSession(work)
        #expect(try session.call("source", #"{"topic": "orders.v1.made", "data": 1}"#)["isError"].bool == false)
        let refused = try session.call("source", #"{"topic": "other.v1.made", "data": 1}"#)
        #expect(refused["content"][0]["text"].string?.contains("ipcPublish") == true)
        #expect(try session.close() == 0)
        let lines = session.errors.split(separator: "\n")
        let denied =
            "strict did not take 'orders.v1.made': denied(approval): strict is RESTRICTED, and nobody has approved this run"
        #expect(lines.contains { $0.hasPrefix(denied) && $0.contains("can approve it with `amx approve ") }, "\(lines)")
        #expect(try Self.deliveries(work, "strict").contains("event:orders.v1.made js denied(approval)"))
        #expect(try !Self.deliveries(work, "strict").contains { $0.contains("other.") })
    }

    /// Two capsules that answer each other, and one that answers itself, come to an end.
    @Test func loopsEnd() throws {
        let work = try AmxTool().workspace()
        for (id, hears, says) in [
            ("ping", "t.pong", "t.ping"), ("pong", "t.ping", "t.pong"), ("self", "t.self", "t.self"),
        ] {
            try work.develop(
                id,
                """
                "runtime": {"main": "main.js"}, "capabilities": {"ipcPublish": ["\(says)"]},
                "eventHandlers": [{"event": "\(hears)", "handler": "main.js"}]
                """,
                [
                    "main.js":
                        "async function handler() { await aimatrix.events.emit({ topic: '\(says)', data: 1 }); return 1 }\n"
                ])
        }
        let session = try ServeSession(work)
        #expect(try session.call("ping")["isError"].bool == false)
        #expect(try session.call("self")["isError"].bool == false)
        #expect(try session.close() == 0)
        // The first event leads to eight more; what the handler of the last of them says is refused.
        let counts = try ["ping", "pong", "self"].map { try Self.deliveries(work, $0).count }
        #expect(counts == [4, 5, 9])
        #expect(session.errors.components(separatedBy: "more than 8 events led to it").count == 3)
    }

    /// A handler that never ends holds up neither calls of its capsule nor other capsules for ever, and the process ends.
    @Test func aHandlerThatNeverEndsIsEnded() throws {
        let work = try AmxTool().workspace()
        try work.develop("source", Self.source.0, Self.source.1)
        try work.develop(
            "stuck",
            #""eventHandlers": [{"event": "orders.v1.made", "handler": "on.py"}], "runtime": {"main": "main.py"}"#,
            ["on.py": "import time\ntime.sleep(600)\n", "main.py": "print('[1]')\n"])
        let session = try ServeSession(work)
        #expect(try session.call("source", #"{"topic": "orders.v1.made", "data": 1}"#)["isError"].bool == false)
        #expect(try Patience.waits { try work.executions("stuck").count == 1 })
        #expect(try session.call("stuck")["content"][0]["text"].string == "[1]")
        session.program.terminate()
        #expect(session.program.waitUntilExit() == 130)
        #expect(try Self.deliveries(work, "stuck") == ["event:orders.v1.made process signal(2)"])
    }

    /// A thousand events at once: a handler gets as many as may wait, the process goes on, and what was dropped is told as an event.
    @Test func tooManyEventsAreDropped() throws {
        let work = try AmxTool().workspace()
        try work.develop("source", Self.source.0, Self.source.1)
        try work.develop(
            "slow", #""eventHandlers": [{"event": "orders.v1.made", "handler": "on.py"}]"#,
            ["on.py": "import time\ntime.sleep(600)\n"])
        try work.develop(
            "kept",
            Self.keeping + """
                , "tools": [\(Self.tool("seen", "seen.js"))],
                "eventHandlers": [{"event": "amx.v1.event_bus.lagged", "handler": "lag.js"}]
                """, ["seen.js": Self.seen, "lag.js": Self.keep("lag")])
        let session = try ServeSession(work)
        let many = #"{"topic": "orders.v1.made", "data": 1, "times": 1000}"#
        #expect(try session.call("source", many)["isError"].bool == false)
        #expect(try session.call("source", #"{"topic": "a.x.b", "data": 1, "times": 1001}"#)["isError"].bool == true)
        #expect(try Patience.waits { try session.call("kept__seen")["structuredContent"]["seen"].array.count == 1 })
        let lag = try session.call("kept__seen")["structuredContent"]["seen"][0]
        #expect(lag["source"] == .null && lag["data"]["dropped"][0]["capsule"].string == "slow")
        session.program.terminate()
        #expect(session.program.waitUntilExit() == 130)
    }
}
