import Capsules
import Foundation
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: a capsule's store", .onTestThreads) struct HostStoreTests {
    private static func members(_ kv: [String] = ["*"], quota: JSONValue? = "1MB") -> JSONObject {
        var members: JSONObject = ["capabilities": ["kv": .strings(kv)]]
        if let quota { members["resources"] = ["storage": ["persistent": quota]] }
        return members
    }

    @Test func valuesStay() throws {
        var fixture = try HostFixture(Self.members())
        #expect(try fixture.ask("kv.get", ["key": "a"]) == ["found": false, "value": nil])
        let values: [JSONValue] = [
            nil, true, 0, -3.5, "", "grün \u{0} \u{1F600}", [1, ["a": nil]], ["z": 1, "a": 2], .integer(.max),
        ]
        for value in values {
            #expect(try fixture.ask("kv.set", ["key": "a", "value": value]) == .null)
            #expect(try fixture.ask("kv.get", ["key": "a"]) == ["found": true, "value": value])
            var other = try HostFixture(Self.members(), in: fixture.folder)
            #expect(try other.ask("kv.get", ["key": "a"]) == ["found": true, "value": value])
        }
        #expect(try fixture.ask("kv.delete", ["key": "a"]) == ["found": true])
        #expect(try fixture.ask("kv.delete", ["key": "a"]) == ["found": false])
        #expect(try fixture.ask("kv.get", ["key": "a"]) == ["found": false, "value": nil])
    }

    @Test func storesAreOfOneCapsuleAndOrganisation() throws {
        let folder = try TemporaryDirectory("amx-host")
        var renamed = Self.members()
        renamed["id"] = "orders-2"
        let owners: [(JSONObject, String?)] = [
            (Self.members(), nil), (Self.members(), "acme"), (Self.members(), "globex"), (renamed, "acme"),
        ]
        for (index, (members, organisation)) in owners.enumerated() {
            var fixture = try HostFixture(members, organisation: organisation, in: folder)
            #expect(try fixture.ask("kv.get", ["key": "a"])["found"] == false)
            _ = try fixture.ask("kv.set", ["key": "a", "value": .count(index)])
        }
        for (index, (members, organisation)) in owners.enumerated() {
            var fixture = try HostFixture(members, organisation: organisation, in: folder)
            #expect(try fixture.ask("kv.get", ["key": "a"])["value"] == .count(index))
        }
        var status = stat()
        #expect(stat(folder.path + "/stores/acme", &status) == 0 && status.st_mode & 0o077 == 0)
    }

    // MARK: What the manifest allows

    @Test(arguments: [
        ("*", "anything", true), ("*", "*", true), ("orders", "orders", true), ("orders", "orders/1", false),
        ("orders", "order", false), ("orders/*", "orders/1", true), ("orders/*", "orders/", true),
        ("orders/*", "orders", false), ("orders/*", "Orders/1", false), ("a*b", "a*b", true), ("a*b", "axb", false),
        ("**", "*a", true), ("**", "a", false), ("e\u{301}", "\u{E9}", false), ("e\u{301}*", "\u{E9}", false),
    ])
    func entriesStandForKeys(entry: String, key: String, isAllowed: Bool) throws {
        var fixture = try HostFixture(Self.members([entry]))
        for (method, parameters) in [
            ("kv.set", ["key": .string(key), "value": 1]), ("kv.get", ["key": .string(key)]),
            ("kv.delete", ["key": .string(key)]),
        ] as [(String, JSONValue)] {
            if isAllowed {
                _ = try fixture.ask(method, parameters)
            } else {
                #expect(fixture.fault(method, parameters)?.kind == .denied)
            }
        }
        #expect(fixture.host.denials.count == (isAllowed ? 0 : 3))
    }

    @Test(arguments: [
        (
            #"{}"#, "kv.get", #"{"key": "a"}"#,
            #"key 'a' of the store not declared in manifest (gate: capabilities.kv); add "a" to capabilities.kv in manifest.json"#
        ),
        (
            #"{"resources": {"storage": {"persistent": "1MB"}}}"#, "kv.list", #"{}"#,
            #"the store is not declared in manifest (gate: capabilities.kv); add "*" to capabilities.kv in manifest.json"#
        ),
        (
            #"{"capabilities": {"kv": ["*"]}}"#, "kv.set", #"{"key": "a", "value": 1}"#,
            "a store without a size in the manifest (gate: resources.storage.persistent); set resources.storage.persistent to a "
                + "size such as \"10MB\" in manifest.json"
        ),
        (
            #"{"capabilities": {"kv": ["*"]}, "resources": {"storage": {"persistent": "1MB"}}, "sandbox": {"persistentStorage": false}}"#,
            "kv.get", #"{"key": "a"}"#,
            "a store while the manifest has none (gate: sandbox.persistentStorage); set sandbox.persistentStorage to true in "
                + "manifest.json, or leave it out"
        ),
    ])
    func whatIsNotDeclaredIsDenied(members: String, method: String, parameters: String, message: String) throws {
        var fixture = try HostFixture(#require(JSONParser.parse(members).object))
        let fault = try fixture.fault(method, JSONParser.parse(parameters))
        #expect(fault == HostFault(.denied, "capsule 'orders' denied: " + message))
        #expect(fixture.host.denials.entries.first?.layer == .gate)
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path + "/stores"))
    }

    // MARK: Lists

    @Test func keysAreListedInOrderAndInParts() throws {
        var fixture = try HostFixture(Self.members(["orders/*", "b", "\u{E9}*"]))
        var all = try HostFixture(Self.members(), in: fixture.folder)
        for key in ["orders/2", "orders/10", "b", "hidden", "orders/1", "orders0", "\u{E9}t\u{E9}", "zz"] {
            _ = try all.ask("kv.set", ["key": .string(key), "value": 1])
        }
        #expect(
            try fixture.ask("kv.list") == [
                "keys": ["b", "orders/1", "orders/10", "orders/2", "\u{E9}t\u{E9}"], "next": nil,
            ])
        #expect(
            try fixture.ask("kv.list", ["prefix": "orders/1"]) == ["keys": ["orders/1", "orders/10"], "next": nil])
        #expect(try fixture.ask("kv.list", ["prefix": "hidden"]) == ["keys": [], "next": nil])
        #expect(
            try fixture.ask("kv.list", ["prefix": "orders/", "limit": 2])
                == ["keys": ["orders/1", "orders/10"], "next": "orders/10"])
        #expect(
            try fixture.ask("kv.list", ["prefix": "orders/", "limit": 2, "after": "orders/10"])
                == ["keys": ["orders/2"], "next": nil])
        #expect(try fixture.ask("kv.list", ["after": "a", "limit": 1]) == ["keys": ["b"], "next": "b"])
        #expect(try fixture.ask("kv.list", ["after": "", "limit": 1]) == ["keys": ["b"], "next": "b"])
        #expect(try fixture.ask("kv.list", ["prefix": "b", "after": "z"]) == ["keys": [], "next": nil])
    }

    // MARK: Limits

    @Test func keysAndValuesCountAgainstTheQuota() throws {
        var fixture = try HostFixture(Self.members(quota: "1000B"))
        let text = { (count: Int) in JSONValue.string(String(repeating: "x", count: count - 2)) }
        _ = try fixture.ask("kv.set", ["key": "ab", "value": text(900)])
        _ = try fixture.ask("kv.set", ["key": "cd", "value": text(96)])
        let fault = fixture.fault("kv.set", ["key": "e", "value": 1])
        #expect(
            fault
                == HostFault(
                    .quotaExceeded,
                    "capsule 'orders' denied: 2 bytes more in a store that has 1000 and may have 1000 (quota: "
                        + "resources.storage.persistent); raise resources.storage.persistent in manifest.json, or delete keys"
                ))
        #expect(fixture.fault("kv.set", ["key": "cd", "value": text(97)])?.kind == .quotaExceeded)
        #expect(try fixture.ask("kv.get", ["key": "cd"])["value"] == text(96))
        // What has as many bytes, or fewer, is never refused.
        _ = try fixture.ask("kv.set", ["key": "cd", "value": .string(String(repeating: "y", count: 94))])
        _ = try fixture.ask("kv.set", ["key": "cd", "value": text(95)])
        _ = try fixture.ask("kv.delete", ["key": "ab"])
        _ = try fixture.ask("kv.set", ["key": "e", "value": text(902)])
        #expect(fixture.host.denials.entries.map(\.layer) == [.quota, .quota])
        // A quota that is lower by now lets nothing be added.
        var lower = try HostFixture(Self.members(quota: "10B"), in: fixture.folder)
        #expect(lower.fault("kv.set", ["key": "f", "value": 1])?.kind == .quotaExceeded)
        _ = try lower.ask("kv.set", ["key": "e", "value": text(500)])
        #expect(try lower.ask("kv.get", ["key": "e"])["value"] == text(500))
    }

    @Test func theFileIsBoundedToo() throws {
        let folder = try TemporaryDirectory("amx-store")
        let store = try KeyValueStore(folder.path + "/a.sqlite", quota: 400_000)
        // As many commits as it takes would wait for the disk for long.
        try store.database.execute("PRAGMA synchronous = OFF")
        var refused: StoreFault?
        var count = 0
        while refused == nil, count < 200_000 {
            do throws(StoreFault) {
                try store.fill(from: count, count: 5_000)
                count += 5_000
            } catch {
                refused = error
            }
        }
        let size = try #require(
            FileManager.default.attributesOfItem(atPath: folder.path + "/a.sqlite")[.size] as? Int)
        #expect(refused != nil)
        #expect(size <= 400_000 * 4 + 1 << 20)
        #expect(try store.check() == [])
    }

    @Test(arguments: [
        ("kv.get", #"{}"#), ("kv.get", #"{"key": ""}"#), ("kv.get", #"{"key": 1}"#), ("kv.get", #"{"key": null}"#),
        ("kv.set", #"{"key": "a"}"#), ("kv.set", #"{"value": 1}"#), ("kv.list", #"{"limit": 0}"#),
        ("kv.list", #"{"limit": 1001}"#), ("kv.list", #"{"prefix": []}"#), ("kv.delete", #"{"key": "a", "value": 1}"#),
    ])
    func parametersHaveAForm(method: String, parameters: String) throws {
        var fixture = try HostFixture(Self.members())
        #expect(try fixture.fault(method, JSONParser.parse(parameters))?.kind == .invalidParameters)
    }

    @Test func keysAndValuesHaveALongestForm() throws {
        var fixture = try HostFixture(Self.members(quota: "1GB"))
        let key = String(repeating: "k", count: 4_096)
        _ = try fixture.ask("kv.set", ["key": .string(key), "value": 1])
        #expect(fixture.fault("kv.set", ["key": .string(key + "k"), "value": 1])?.kind == .invalidParameters)
        let value = String(repeating: "v", count: CapsuleHost.valueBytes - 2)
        _ = try fixture.ask("kv.set", ["key": "a", "value": .string(value)])
        #expect(try fixture.ask("kv.get", ["key": "a"])["value"]?.string?.utf8.count == value.utf8.count)
        #expect(fixture.fault("kv.set", ["key": "a", "value": .string(value + "v")])?.kind == .quotaExceeded)
    }

    // MARK: Damage

    @Test(arguments: ["not a database, but long enough to be read as the header of one, or so", "\u{0}"])
    func whatIsNoStoreIsSaidSo(content: String) throws {
        var fixture = try HostFixture(Self.members())
        try fixture.folder.write("stores/_/orders.sqlite", text: String(repeating: content, count: 100))
        let fault = fixture.fault("kv.get", ["key": "a"])
        #expect(fault?.kind == .failed)
        #expect(fault?.message.contains("cannot open the store") == true, "\(fault?.message ?? "")")
    }

    @Test func aStoreOfALaterVersionIsNotTouched() throws {
        let folder = try TemporaryDirectory("amx-store")
        _ = try KeyValueStore(folder.path + "/a.sqlite", quota: 100)
        let database = try StoreDatabase(folder.path + "/a.sqlite", patience: 1_000)
        try database.execute("PRAGMA user_version = 2")
        #expect(throws: AmxError.self) { try KeyValueStore(folder.path + "/a.sqlite", quota: 100) }
    }
}

extension KeyValueStore {
    /// Sets many keys of three bytes to nothing.
    fileprivate func fill(from start: Int, count: Int) throws(StoreFault) {
        for number in start..<(start + count) {
            try set([UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)], [])
        }
    }
}
