import Foundation
import TestSupport
import Testing

/// What `amx serve` says to a client, whatever that says.
@Suite(.onTestThreads) struct ServeProtocolTests {
    /// A capsule whose handler gives back what it is given.
    private static let echo = (
        #""runtime": {"main": "src/handlers/main.js"}"#,
        ["src/handlers/main.js": "function handler(input) { return input }\n"]
    )

    private static func session() throws -> ServeSession { try ServeSession(AmxTool.running(echo.0, echo.1)) }

    @Test(arguments: [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25"), ("", "2025-11-25"),
    ])
    func introducesItself(asked: String, version: String) throws {
        let session = try ServeSession(AmxTool().workspace(), introduced: false)
        let result = try session.ask("initialize", #"{"protocolVersion": "\#(asked)", "capabilities": {}}"#)["result"]
        #expect(result["protocolVersion"].string == version)
        #expect(result["capabilities"]["tools"]["listChanged"].bool == true)
        #expect(result["serverInfo"]["name"].string == "amx" && result["serverInfo"]["version"].string != nil)
        #expect(try session.tools().isEmpty)
        #expect(try session.close() == 0)
        #expect(session.errors == "tools: 0, capsules: 0\n" && session.others.isEmpty)
    }

    /// Lines, and the codes and ids of what comes back.
    private static let lines: [(line: String, id: JSONNode, code: Int?)] = [
        ("no JSON", .null, -32_700), (#"{"id": 1, "id": 2}"#, .null, -32_700), ("{", .null, -32_700),
        (String(repeating: "[", count: 100_000), .null, -32_700), ("\u{FEFF}{}", .null, -32_700),
        (#"{"jsonrpc": "2.0", "id": 9223372036854775808, "method": "ping"}"#, .null, -32_700),
        ("7", .null, -32_600), (#""text""#, .null, -32_600), ("null", .null, -32_600), ("[]", .null, -32_600),
        ("[[]]", .null, -32_600), ("{}", .null, -32_600), (#"{"id": 5}"#, .int(5), -32_600),
        (#"{"id": 6, "method": 7}"#, .int(6), -32_600), (#"{"id": null, "method": "ping"}"#, .null, -32_600),
        (#"{"id": 1.5, "method": "ping"}"#, .null, -32_600), (#"{"id": true, "method": "ping"}"#, .null, -32_600),
        (#"{"id": [1], "method": "ping"}"#, .null, -32_600), (#"{"id": {}, "method": "ping"}"#, .null, -32_600),
        (#"{"id": 8, "method": "no/such"}"#, .int(8), -32_601), (#"{"id": "a", "method": "ping"}"#, .string("a"), nil),
        (#"{"id": "", "method": "ping"}"#, .string(""), nil), (#"{"id": -9, "method": "ping"}"#, .int(-9), nil),
        (#"{"id": 9223372036854775807, "method": "ping"}"#, .int(.max), nil),
        (#"{"id": 10, "method": "tools/list", "params": {"cursor": "x"}}"#, .int(10), -32_602),
        (#"{"id": 11, "method": "tools/list", "params": {"cursor": null}}"#, .int(11), nil),
        (#"{"id": 12, "method": "tools/list", "params": null}"#, .int(12), nil),
        (#"{"id": 13, "method": "tools/call"}"#, .int(13), -32_602),
        (#"{"id": 14, "method": "tools/call", "params": [1]}"#, .int(14), -32_602),
        (#"{"id": 15, "method": "tools/call", "params": {"name": "none"}}"#, .int(15), -32_602),
        (#"{"id": 16, "method": "tools/call", "params": {"name": 7}}"#, .int(16), -32_602),
        (#"{"id": 17, "method": "tools/call", "params": {"name": "wc", "arguments": [1]}}"#, .int(17), -32_602),
        (#"{"id": 18, "method": "tools/call", "params": {"name": "wc", "arguments": null}}"#, .int(18), nil),
        (#"{"id": 19, "method": "tools/call", "params": {"name": "wc"}}"#, .int(19), nil),
        (
            #"{"id": "\#(String(repeating: "i", count: 1 << 20))", "method": "ping"}"#,
            .string(String(repeating: "i", count: 1 << 20)), nil
        ),
    ]

    /// Each line has one answer, and those that come after it have theirs as well.
    @Test func answersEveryLine() throws {
        let session = try Self.session()
        for (line, id, code) in Self.lines {
            let before = session.messages.count
            try session.say(line)
            try session.waits("an answer to \(line.prefix(100))") { $0.count > before }
            let answer = session.messages[before]
            #expect(answer["id"] == id, "\(line.prefix(100))")
            #expect(answer["error"]["code"].int == code, "\(line.prefix(100)): \(answer["error"])")
            #expect((answer["result"] == .null) == (code != nil), "\(line.prefix(100))")
        }
        // What is no request has no answer.
        for line in [
            "", "  ", "\r", #"{"method": "notifications/cancelled"}"#, #"{"method": "notifications/none"}"#,
            #"{"method": "notifications/cancelled", "params": {"requestId": "none"}}"#, #"{"id": 1, "result": {}}"#,
            #"{"id": 1, "error": {}}"#, #"{"method": "notifications/initialized", "params": []}"#,
        ] { try session.say(line) }
        let before = session.messages.count
        #expect(try session.ask("ping")["error"] == .null)
        #expect(session.messages.count == before + 1)
        #expect(try session.close() == 0)
        #expect(session.others.isEmpty)
    }

    @Test func listsOfMessagesAreTaken() throws {
        let session = try Self.session()
        try session.say(#"[{"id": "a", "method": "ping"}, 3, {"method": "none"}, {"id": "b", "method": "none"}]"#)
        #expect(try session.answer("b")["error"]["code"].int == -32_601)
        #expect(try session.answer("a")["error"] == .null)
        #expect(session.answers(.null).count == 1)
        // What makes many answers of few bytes is refused as a whole.
        try session.say("[\(Array(repeating: "0", count: 1_001).joined(separator: ","))]")
        _ = try session.ask("ping")
        #expect(session.answers(.null).count == 2)
    }

    @Test func aLineThatIsTooLongIsRefused() throws {
        let session = try Self.session()
        let start = #"{"id": "long", "method": "ping", "params": {"a": ""#
        let room = (16 << 20) - start.utf8.count - 3
        try session.say(start + String(repeating: "x", count: room) + #""}}"#)
        #expect(try session.answer("long")["error"] == .null)
        try session.say(start + String(repeating: "x", count: room + (1 << 20)) + #""}}"#)
        _ = try session.ask("ping")
        #expect(session.answers(.null).map { $0["error"]["code"].int } == [-32_600])
        #expect(session.answers("long").count == 1)
        // Also where it is the last one, and has no end.
        try session.say(bytes: Array((start + String(repeating: "x", count: room + (1 << 20))).utf8))
        #expect(try session.close() == 0)
        #expect(session.answers(.null).count == 2)
    }

    /// What is offered: declared tools with their schemas, and the capsule itself where it has none.
    @Test func toolsAreListed() throws {
        let work = try AmxTool.running(
            """
            "runtime": {"main": "main.js"}, "tools": [
              {"name": "a.b", "description": "First", "handler": "main.js",
               "inputSchema": {"required": ["n"], "properties": {"n": {"type": "integer"}}},
               "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}},
              {"name": "a_b", "description": "Second", "handler": "main.js", "inputSchema": {"type": "object"},
               "outputSchema": {"type": "array"}, "securityLevel": "RESTRICTED"},
              {"name": "\(String(repeating: "n", count: 64))", "description": "Long", "handler": "main.js",
               "inputSchema": {"type": "object"}},
              {"name": "text", "description": "Takes no object", "handler": "main.js",
               "inputSchema": {"type": "string"}}]
            """, ["main.js": "function handler(input) { return input }\n"])
        try work.develop("alone", #""runtime": {"main": "main.js"}"#, ["main.js": "function handler() { return 1 }\n"])
        try work.json("new", "plain")
        let session = try ServeSession(work)
        let tools = try session.tools()
        let names = tools.keys.sorted()
        #expect(names.count == 4 && names.contains("alone") && names.contains("wc__a_b"), "\(names) \(session.errors)")
        #expect(
            names.allSatisfy { name in
                name.utf8.count <= 64
                    && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
            })
        #expect(names.contains { $0.hasPrefix("wc__a_b_") } && names.contains { $0.hasPrefix("wc__nnn") })
        let first = try #require(tools["wc__a_b"])
        #expect(first["inputSchema"]["type"].string == "object" && first["inputSchema"]["required"][0].string == "n")
        #expect(first["outputSchema"]["properties"]["n"]["type"].string == "integer")
        #expect(first["description"].string == "First")
        let second = try #require(tools.first { $0.key.hasPrefix("wc__a_b_") }?.value)
        #expect(second["outputSchema"] == .null)
        #expect(second["description"].string?.contains("Each call needs somebody's approval") == true)
        #expect(tools["alone"]?["inputSchema"] == .object(["type": "object"]))
    }

    @Test func someCapsulesAreNamed() throws {
        let work = try AmxTool.running(Self.echo.0, Self.echo.1)
        try work.develop("other", Self.echo.0, Self.echo.1)
        #expect(try ServeSession(work, ["other"]).tools().keys.sorted() == ["other"])
        #expect(try ServeSession(work).tools().keys.sorted() == ["other", "wc"])
        let outcome = try work.fails(3, "serve", "none", saying: "none")
        #expect(outcome.text.isEmpty)
    }
}
