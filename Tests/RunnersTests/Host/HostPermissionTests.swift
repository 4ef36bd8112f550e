import Capsules
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: grants of host functions", .onTestThreads) struct HostPermissionTests {
    private static func grant(_ resource: String, _ actions: [String], _ conditions: [JSONValue] = []) -> JSONValue {
        ["resource": .string(resource), "actions": .strings(actions), "conditions": .array(conditions)]
    }

    private static func condition(_ field: String, _ operation: String, _ value: JSONValue) -> JSONValue {
        ["field": .string(field), "operator": .string(operation), "value": value]
    }

    /// What a capsule with everything declared is granted.
    private static func members(_ permissions: [JSONValue]) -> JSONObject {
        [
            "capabilities": ["kv": ["*"], "ipcPublish": ["orders.*"]],
            "resources": ["storage": ["persistent": "1MB"]], "permissions": .array(permissions),
        ]
    }

    /// A call, the grants, the caller, and why it is denied, or nil.
    struct Row: Sendable, CustomTestStringConvertible {
        let method: String
        let parameters: JSONValue
        let permissions: [JSONValue]
        var caller: JSONObject = ["user": "ada@example.com", "tool": "refund", "organization": "acme"]
        let reason: String?
        var testDescription: String { "\(method) \(JSONWriter.text(parameters)) by \(permissions.count) grants" }
    }

    private static let rows: [Row] = [
        // What no grant names is left to the gate.
        Row(method: "kv.set", parameters: ["key": "a", "value": 1], permissions: [], reason: nil),
        Row(
            method: "kv.set", parameters: ["key": "a", "value": 1], permissions: [grant("orders", ["read"])],
            reason: nil),
        Row(
            method: "kv.set", parameters: ["key": "a", "value": 1], permissions: [grant("Storage", ["read"])],
            reason: nil),
        // What is named is only what is granted.
        Row(method: "kv.get", parameters: ["key": "a"], permissions: [grant("storage", ["read"])], reason: nil),
        Row(
            method: "kv.set", parameters: ["key": "a", "value": 1], permissions: [grant("storage", ["read"])],
            reason: "'write' on 'storage' not granted: permissions[0] has no action 'write'"),
        Row(
            method: "kv.delete", parameters: ["key": "a"], permissions: [grant("storage", ["read", "write", "list"])],
            reason: "'delete' on 'storage' not granted: permissions[0] has no action 'delete'"),
        Row(
            method: "kv.list", parameters: [:], permissions: [grant("storage", ["read"])],
            reason: "'list' on 'storage' not granted: permissions[0] has no action 'list'"),
        Row(
            method: "kv.list", parameters: ["prefix": "orders/"],
            permissions: [grant("storage", ["list"], [condition("prefix", "startsWith", "orders/")])], reason: nil),
        Row(
            method: "kv.list", parameters: ["prefix": "orders"],
            permissions: [grant("storage", ["list"], [condition("prefix", "startsWith", "orders/")])],
            reason: "'list' on 'storage' not granted: permissions[0].conditions[0] on 'prefix':"),
        Row(method: "kv.get", parameters: ["key": "a"], permissions: [grant("storage", [])], reason: "has no action"),
        // Conditions see the request and the caller, and the request first.
        Row(
            method: "kv.set", parameters: ["key": "orders/1", "value": 1],
            permissions: [grant("storage", ["write"], [condition("key", "matches", "^orders/[0-9]+$")])], reason: nil),
        Row(
            method: "kv.set", parameters: ["key": "orders/x", "value": 1],
            permissions: [grant("storage", ["write"], [condition("key", "matches", "^orders/[0-9]+$")])],
            reason: "permissions[0].conditions[0] on 'key'"),
        Row(
            method: "kv.set", parameters: ["key": "a", "value": 1],
            permissions: [grant("storage", ["write"], [condition("tool", "equals", "refund")])], reason: nil),
        Row(
            method: "kv.set", parameters: ["key": "a", "value": 1],
            permissions: [grant("storage", ["write"], [condition("user", "equals", "eve@example.com")])],
            reason: "permissions[0].conditions[0] on 'user'"),
        Row(
            method: "kv.set", parameters: ["key": "a", "value": 1],
            permissions: [grant("storage", ["write"], [condition("key", "equals", "b")])],
            caller: ["key": "b"], reason: "permissions[0].conditions[0] on 'key'"),
        // One that holds is enough.
        Row(
            method: "kv.get", parameters: ["key": "a"],
            permissions: [
                grant("storage", ["read"], [condition("user", "equals", "eve")]), grant("storage", ["read"]),
            ], reason: nil),
        Row(
            method: "assets.read", parameters: ["path": "rules.json"], permissions: [grant("knowledge", ["read"])],
            reason: nil),
        Row(
            method: "assets.read", parameters: ["path": "rules.json"],
            permissions: [grant("knowledge", ["read"], [condition("path", "startsWith", "public/")])],
            reason: "permissions[0].conditions[0] on 'path'"),
        Row(
            method: "assets.list", parameters: [:],
            permissions: [grant("knowledge", ["read"], [condition("path", "startsWith", "public/")])],
            reason: "permissions[0].conditions[0] on 'path'"),
        Row(
            method: "assets.list", parameters: ["prefix": "public/"],
            permissions: [grant("knowledge", ["read"], [condition("path", "startsWith", "public/")])], reason: nil),
        Row(
            method: "events.emit", parameters: ["topic": "orders.made"],
            permissions: [grant("events", ["emit"], [condition("topic", "equals", "orders.made")])], reason: nil),
        Row(
            method: "events.emit", parameters: ["topic": "orders.paid"],
            permissions: [grant("events", ["emit"], [condition("topic", "equals", "orders.made")])],
            reason: "permissions[0].conditions[0] on 'topic'"),
    ]

    @Test(arguments: rows) func grantsDecide(row: Row) throws {
        var fixture = try HostFixture(
            Self.members(row.permissions), files: ["rules.json": "{}", "public/a": "a"], caller: row.caller)
        guard let reason = row.reason else {
            _ = try fixture.ask(row.method, row.parameters)
            #expect(fixture.host.denials.count == 0)
            return
        }
        let fault = fixture.fault(row.method, row.parameters)
        #expect(fault?.kind == .denied)
        #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
        #expect(fixture.host.denials.entries.map(\.layer) == [.permission])
    }

    /// The gate is asked first, and the quota last.
    @Test func layersHaveTheirOrder() throws {
        let denied = [Self.grant("storage", ["read"])]
        var members = Self.members(denied)
        members["capabilities"] = ["kv": ["b"]]
        var fixture = try HostFixture(members)
        _ = fixture.fault("kv.set", ["key": "a", "value": 1])
        _ = fixture.fault("kv.set", ["key": "b", "value": 1])
        members = Self.members([Self.grant("storage", ["write"])])
        members["resources"] = ["storage": ["persistent": "1B"]]
        var small = try HostFixture(members)
        _ = small.fault("kv.set", ["key": "b", "value": "too much"])
        #expect(fixture.host.denials.entries.map(\.layer) == [.gate, .permission])
        #expect(small.host.denials.entries.map(\.layer) == [.quota])
    }

    @Test(
        arguments: [
            ("GET", "/echo", nil), ("POST", "/echo", "'POST' on 'network' not granted"),
            ("GET", "/to?code=302&at=/echo", nil), ("GET", "/status/204", "permissions[0].conditions[1] on 'url'"),
            // Each redirection is a request of its own.
            ("GET", "/to?code=302&at=/status/204", "permissions[0].conditions[1] on 'url'"),
        ] as [(String, String, String?)])
    func requestsAreHeld(method: String, path: String, reason: String?) throws {
        let permission = Self.grant(
            "network", ["GET"],
            [Self.condition("host", "equals", "api.test"), Self.condition("url", "matches", "/(echo|to[?].*)$")])
        var fixture = try RequestFixture(permissions: [permission])
        let parameters = fixture.parameters(path, ["method": .string(method)])
        guard let reason else {
            #expect(try fixture.fixture.ask("http.request", parameters)["status"] == 200)
            return
        }
        let fault = fixture.fixture.fault("http.request", parameters)
        #expect(fault?.kind == .denied && fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
        #expect(fixture.fixture.host.networkCalls == (path.hasPrefix("/to") ? 1 : 0))
    }
}
