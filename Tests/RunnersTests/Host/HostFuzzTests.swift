import Capsules
import Foundation
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: strange calls of host functions", .onTestThreads) struct HostFuzzTests {
    private static let names = [
        "path", "encoding", "offset", "length", "prefix", "after", "limit", "key", "value", "topic", "data", "level",
        "message", "method", "url", "headers", "body", "other", "",
    ]
    private static let texts = [
        "", "a", "a.txt", "../a", "a/b", "/", "*", "text", "base64", "json", "info", "GET", "POST", "http://a.test/",
        "http://[::1]/", "http://a.test:99999/", "\u{0}", "\u{FEFF}", "e\u{301}", "\u{1F468}\u{200D}\u{1F469}", "\r\n",
        "a.b",
        "null", String(repeating: "x", count: 5_000),
    ]
    private static let numbers: [JSONValue] = [
        0, 1, -1, 2, 10_000, 10_001, .integer(.max), .integer(.min), 0.5, -0.0, 1e18, 9.3e18, 1e308, 2.5e-308,
    ]

    private static func value(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: numbers.randomElement(using: &random) ?? 0
        case 3, 4, 5: .string(texts.randomElement(using: &random) ?? "")
        case 6: .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth - 1, &random) })
        default: parameters(depth - 1, &random)
        }
    }

    private static func parameters(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        .object(
            JSONObject(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    (names.randomElement(using: &random) ?? "", value(depth, &random))
                }))
    }

    /// Parameters that are mostly those of the function, so that more than their names is looked at.
    private static func likely(_ method: String, _ random: inout SeededGenerator) -> JSONValue {
        let own: [String: [String]] = [
            "assets.list": ["prefix", "after", "limit"], "assets.read": ["path", "encoding", "offset", "length"],
            "config.get": ["key"], "events.emit": ["topic", "data"], "kv.get": ["key"], "kv.delete": ["key"],
            "kv.set": ["key", "value"], "kv.list": ["prefix", "after", "limit"], "log": ["level", "message", "data"],
            "http.request": ["method", "url", "headers", "body", "encoding"],
        ]
        return .object(
            JSONObject(
                (own[method] ?? []).compactMap { name in
                    Int.random(in: 0..<6, using: &random) == 0 ? nil : (name, value(3, &random))
                }))
    }

    @Test(arguments: 0..<4) func whateverIsAskedIsAnsweredOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let members: JSONObject = [
            "capabilities": ["net": ["*"], "kv": ["a*", "e\u{301}"], "ipcPublish": ["*", "a.*"]],
            "resources": ["storage": ["persistent": "10KB"]],
            "env": ["SECRET": ["type": "secret"]],
        ]
        let manifest = try HostFixture.manifest(members)
        let broker = HTTPBroker(
            gate: ManifestGate(manifest, workspace: nil, home: nil), allowance: NetworkAllowance(manifest),
            resolver: ScriptedResolver(["a.test": [["10.0.0.1"]]]))
        var fixture = try HostFixture(
            members, files: ["a.txt": "e\u{301}", "a/b": "{}"], configuration: ["SECRET": "text", "a": [1]],
            http: broker)
        var (answers, faults) = (0, 0)
        for _ in 0..<2_500 {
            let method = CapsuleHost.methods.randomElement(using: &random) ?? ""
            let parameters =
                Int.random(in: 0..<4, using: &random) == 0
                ? Self.value(3, &random) : Self.likely(method, &random)
            do throws(HostFault) {
                // What is answered can be sent.
                let answer = try fixture.ask(method, parameters)
                #expect((try? JSONParser.parse(JSONWriter.bytes(answer), maximumDepth: 128)) != nil)
                answers += 1
            } catch {
                #expect(error.message.utf8.count < 2_000)
                faults += 1
            }
        }
        #expect(answers > 200 && faults > 200)
        #expect(fixture.host.networkCalls == 0)
    }
}
