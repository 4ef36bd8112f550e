import Capsules
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: events, log, configuration, denials") struct HostRecordsTests {
    // MARK: Events

    @Test(arguments: [
        ("orders.v1.created", "orders.v1.created", true), ("orders.*.created", "orders.v1.created", true),
        ("*.*.*", "orders.v1.created", true), ("*", "orders", true), ("*", "orders.v1", false),
        ("orders.*", "orders.v1.created", false), ("orders.v1.*", "orders.v1", false),
        ("orders.v1", "orders.v1.created", false), ("orders.v1", "Orders.v1", false),
        ("orders.v*", "orders.v1", false), ("orders.v1", "orders.*", false), ("", "", false), ("a..b", "a..b", false),
        ("*.b", ".b", false),
    ])
    func entriesStandForTopicsOfAsManySegments(entry: String, topic: String, isMatch: Bool) {
        #expect(TopicPattern.matches(topic, entry: entry) == isMatch)
    }

    @Test(arguments: [
        ("a", true), ("a.b-c.D_9", true), ("", false), (".", false), ("a.", false), ("a..b", false), ("a.*", false),
        ("a b", false), ("ä", false), ("a\n", false), (String(repeating: "a.", count: 19) + "a", true),
        (String(repeating: "a.", count: 20) + "a", false), (String(repeating: "a", count: 4_097), false),
    ])
    func topicsHaveAForm(topic: String, isTopic: Bool) {
        #expect(TopicPattern.isTopic(topic) == isTopic)
    }

    @Test func eventsAreCollected() throws {
        var fixture = try HostFixture(["capabilities": ["ipcPublish": ["refunds.*.made"]]])
        #expect(try fixture.ask("events.emit", ["topic": "refunds.v1.made", "data": ["order": 17]]) == .null)
        #expect(try fixture.ask("events.emit", ["topic": "refunds.v2.made"]) == .null)
        #expect(
            fixture.host.events == [
                EmittedEvent(topic: "refunds.v1.made", data: ["order": 17]),
                EmittedEvent(topic: "refunds.v2.made", data: .null),
            ])
        let fault = fixture.fault("events.emit", ["topic": "refunds.v1.eu.made"])
        #expect(
            fault
                == HostFault(
                    .denied,
                    "capsule 'orders' denied: topic 'refunds.v1.eu.made' not declared in manifest "
                        + "(gate: capabilities.ipcPublish); add \"refunds.v1.eu.made\" to capabilities.ipcPublish in manifest.json"
                ))
        #expect(fixture.fault("events.emit", ["topic": "refunds.*.made"])?.kind == .invalidParameters)
        #expect(fixture.host.events.count == 2)
    }

    @Test func eventsAreBounded() throws {
        var fixture = try HostFixture(["capabilities": ["ipcPublish": ["a"]]])
        let large = JSONValue.string(String(repeating: "x", count: CapsuleHost.eventDataBytes - 2))
        for _ in 0..<3 { _ = try fixture.ask("events.emit", ["topic": "a", "data": large]) }
        #expect(fixture.fault("events.emit", ["topic": "a", "data": large])?.kind == .quotaExceeded)
        #expect(fixture.fault("events.emit", ["topic": "a", "data": [large]])?.kind == .quotaExceeded)
        for _ in 3..<CapsuleHost.eventCount { _ = try fixture.ask("events.emit", ["topic": "a"]) }
        #expect(fixture.fault("events.emit", ["topic": "a"])?.kind == .quotaExceeded)
        #expect(fixture.host.events.count == CapsuleHost.eventCount)
    }

    @Test func ofAComponentBothMustAllow() throws {
        let members: JSONObject = [
            "capabilities": ["ipcPublish": ["a", "b"]],
            "components": [
                [
                    "id": "main", "file": "main.wasm", "capabilities": ["ipcPublish": ["b", "c"]],
                    "hash": .string("sha256:" + String(repeating: "0", count: 64)),
                ]
            ],
        ]
        for (component, allowed) in [(nil, ["a", "b"]), ("main", ["b"]), ("other", [])] as [(String?, [String])] {
            var fixture = try HostFixture(members, component: component)
            for topic in ["a", "b", "c"] {
                _ = try? fixture.host.answer("events.emit", ["topic": .string(topic)])
            }
            #expect(fixture.host.events.map(\.topic) == allowed)
            let rules = Set(fixture.host.denials.entries.map(\.rule))
            #expect(
                rules
                    == (component == nil
                        ? ["capabilities.ipcPublish"]
                        : ["capabilities.ipcPublish", "components.\(component ?? "").capabilities.ipcPublish"]))
        }
    }

    // MARK: Log

    @Test func linesAreLogged() throws {
        var fixture = try HostFixture()
        #expect(try fixture.ask("log", ["level": "warn", "message": "a\nb", "data": ["n": 1]]) == .null)
        #expect(try fixture.ask("log", ["level": "debug", "message": ""]) == .null)
        #expect(
            fixture.host.log == [
                LogLine(level: .warn, message: "a\nb", data: ["n": 1]), LogLine(level: .debug, message: ""),
            ])
        for parameters in [
            ["message": "a"], ["level": "loud", "message": "a"], ["level": "info"], ["level": 1, "message": "a"],
            ["level": "info", "message": ["a"]],
            ["level": "info", "message": .string(String(repeating: "x", count: 65_537))],
            [
                "level": "info", "message": .string(String(repeating: "x", count: 65_000)),
                "data": .string(String(repeating: "x", count: 600)),
            ],
        ] as [JSONValue] {
            #expect(fixture.fault("log", parameters)?.kind == .invalidParameters)
        }
        #expect(fixture.host.log.count == 2)
    }

    @Test func aFullLogSaysSoOnce() throws {
        var fixture = try HostFixture()
        let line: JSONValue = ["level": "info", "message": .string(String(repeating: "x", count: 65_536))]
        for _ in 0..<40 { #expect(try fixture.ask("log", line) == .null) }
        for _ in 0..<40 { _ = try fixture.ask("log", ["level": "error", "message": "short"]) }
        #expect(fixture.host.log.count == 16)
        #expect(fixture.host.log.last?.message.hasPrefix("the log is full") == true)
        var many = try HostFixture()
        for _ in 0..<100_000 { _ = try many.ask("log", ["level": "info", "message": ""]) }
        #expect(many.host.log.count == CapsuleHost.logTotalBytes / 16 + 1)
    }

    // MARK: Configuration

    private static let settings: JSONObject = [
        "env": [
            "REGION": ["type": "string", "default": "eu"], "RETRIES": ["type": "number", "default": 3],
            "API_TOKEN": ["type": "secret", "request": "Your token?"], "UNSET": ["type": "string"],
        ]
    ]

    @Test(arguments: [
        (#"{"key": "REGION"}"#, #"{"found": true, "value": "us"}"#),
        (#"{"key": "RETRIES"}"#, #"{"found": true, "value": 3}"#),
        (#"{"key": "API_TOKEN"}"#, #"{"found": true, "value": "tok-12345"}"#),
        (#"{"key": "UNSET"}"#, #"{"found": false, "value": null}"#),
        (#"{"key": "limits"}"#, #"{"found": true, "value": {"max": 5}}"#),
        (#"{"key": "PATH"}"#, #"{"found": false, "value": null}"#),
        (#"{}"#, #"{"values": {"REGION": "us", "RETRIES": 3, "limits": {"max": 5}}}"#),
        (#"null"#, #"{"values": {"REGION": "us", "RETRIES": 3, "limits": {"max": 5}}}"#),
    ])
    func settingsAreGiven(parameters: String, result: String) throws {
        var fixture = try HostFixture(
            Self.settings, configuration: ["REGION": "us", "API_TOKEN": "tok-12345", "limits": ["max": 5]])
        #expect(try fixture.ask("config.get", JSONParser.parse(parameters)) == JSONParser.parse(result))
    }

    @Test func secretsStandInNoRecord() throws {
        var members = Self.settings
        members["capabilities"] = ["ipcPublish": ["a"]]
        var fixture = try HostFixture(members, configuration: ["API_TOKEN": "tok-12345"])
        _ = try fixture.ask(
            "log", ["level": "info", "message": "with tok-12345tok-12345.", "data": [["tok-12345": "a tok-12345"]]])
        _ = try fixture.ask("events.emit", ["topic": "a", "data": ["token": "tok-12345", "n": 12345]])
        #expect(fixture.fault("events.emit", ["topic": "tok-12345"])?.kind == .denied)
        members["capabilities"] = ["ipcPublish": ["*"]]
        var lenient = try HostFixture(members, configuration: ["API_TOKEN": "tok-12345"])
        #expect(lenient.fault("events.emit", ["topic": "tok-12345"])?.kind == .invalidParameters)
        #expect(
            fixture.host.log == [
                LogLine(
                    level: .info, message: "with [secret API_TOKEN][secret API_TOKEN].",
                    data: [["[secret API_TOKEN]": "a [secret API_TOKEN]"]])
            ])
        #expect(fixture.host.events.first?.data == ["token": "[secret API_TOKEN]", "n": 12345])
        #expect(!"\(fixture.host.denials)".contains("tok-"))
    }

    @Test(arguments: [
        ("aaaa", "aaaaaaaaa", "[secret S][secret S]a"), ("abab", "abaabab", "aba[secret S]"),
        ("aabaaa", "aabaabaaa", "aab[secret S]"), ("abc", "abc", "abc"), ("grün", "a grün b", "a [secret S] b"),
    ])
    func valuesAreFound(secret: String, text: String, shown: String) {
        #expect(HostSecrets([(name: "S", value: secret)]).hiding(text) == shown)
    }

    @Test func aSecretWithinAnotherLeavesNothingOfIt() {
        let secrets = HostSecrets([("A", "word"), ("B", "pass-word-1")])
        #expect(secrets.hiding("pass-word-1 word") == "[secret B] [secret A]")
    }

    @Test func lookingForSecretsTakesLinearTime() {
        let secrets = HostSecrets([("S", String(repeating: "a", count: 20_000) + "b")])
        let text = String(repeating: "a", count: 1 << 20)
        #expect(ProcessorTime.of { _ = secrets.hiding(text) } < .seconds(20))
    }

    // MARK: Denials and the rest

    @Test func denialsAreKeptOnceAndCounted() throws {
        var fixture = try HostFixture()
        for _ in 0..<3 {
            for number in 0..<150 {
                #expect(fixture.fault("events.emit", ["topic": .string("t\(number)")])?.kind == .denied)
            }
        }
        #expect(fixture.host.denials.count == 450)
        #expect(fixture.host.denials.entries.count == DenialList.limit)
        #expect(
            fixture.host.denials.entries.first?.json == [
                "capsule": "orders", "layer": "gate", "check": nil,
                "reason": "topic 't0' not declared in manifest", "rule": "capabilities.ipcPublish",
                "remedy": "add \"t0\" to capabilities.ipcPublish in manifest.json",
            ])
    }

    @Test(arguments: ["", "kv", "assets.", "Assets.list", "assets.list ", "log\u{0}", "__proto__", "\u{1B}[2J"])
    func otherFunctionsAreNone(method: String) throws {
        var fixture = try HostFixture()
        let fault = fixture.fault(method, [:])
        #expect(fault?.kind == .unknownMethod)
        #expect(fault?.message.unicodeScalars.contains { $0.properties.generalCategory == .control } == false)
    }
}
