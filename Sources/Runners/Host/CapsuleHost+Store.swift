import Capsules
import Guard
import Objects

extension CapsuleHost {
    /// The longest value, as JSON in bytes.
    static let valueBytes = 10 << 20

    mutating func getValue(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let key = try allowedKey(parameters, for: "read")
        let store = try openStore(parameters.method)
        guard let bytes = try use(store, parameters.method, { store throws(StoreFault) in try store.value(key) }) else {
            return ["found": false, "value": nil]
        }
        do throws(JSONError) { return ["found": true, "value": try JSONParser.parse(bytes)] } catch {
            throw .failed("the value in the store is damaged: \(error.reason)")
        }
    }

    mutating func setValue(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let key = try allowedKey(parameters, for: "write")
        let value = JSONWriter.bytes(try parameters.required("value"))
        guard value.count <= Self.valueBytes else {
            throw .tooMuch("kv.set: the value has \(value.count) bytes, and may have \(Self.valueBytes)")
        }
        let store = try openStore(parameters.method)
        try use(store, parameters.method) { store throws(StoreFault) in try store.set(key, value) }
        return .null
    }

    mutating func deleteValue(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let key = try allowedKey(parameters, for: "delete")
        let store = try openStore(parameters.method)
        return ["found": .bool(try use(store, parameters.method) { store throws(StoreFault) in try store.remove(key) })]
    }

    mutating func listKeys(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let prefix = Array((try parameters.optionalText("prefix", bytes: 0...Self.nameBytes) ?? "").utf8)
        let after = (try parameters.optionalText("after", bytes: 0...Self.nameBytes)).map { Array($0.utf8) }
        let limit = try parameters.optionalNumber("limit", 1...1_000) ?? 100
        let rules = rules
        try rules.require("the store is", member: "kv", entry: "*") { !$0.kv.isEmpty }
        try permissions.require("list", on: .storage, ["prefix": .string(String(decoding: prefix, as: UTF8.self))])
        let store = try openStore(parameters.method)
        let found = try use(store, parameters.method) { store throws(StoreFault) in
            try store.keys(from: prefix, after: after, limit: limit) { key in
                let key = String(decoding: key, as: UTF8.self)
                return rules.allow { $0.kv.contains { KeyPattern.matches(key, entry: $0) } }
            }
        }
        let keys = found.keys.map { String(decoding: $0, as: UTF8.self) }
        return ["keys": .strings(keys), "next": .optional(found.hasMore ? keys.last : nil)]
    }

    /// The key of a call, which the manifest allows.
    private func allowedKey(_ parameters: HostParameters, for action: String) throws(HostRefusal) -> [UInt8] {
        let key = try parameters.text("key", bytes: 1...Self.nameBytes)
        let shown = TreeRules.printable(key.utf8)
        try rules.require("key '\(shown)' of the store", member: "kv", entry: shown) {
            capabilities in
            capabilities.kv.contains { KeyPattern.matches(key, entry: $0) }
        }
        try permissions.require(action, on: .storage, ["key": .string(key)])
        return Array(key.utf8)
    }

    /// The store, opened at its first use.
    private mutating func openStore(_ method: String) throws(HostRefusal) -> KeyValueStore {
        if let store { return store }
        guard persistentStorage != false else {
            throw .denied(
                rules.denial(
                    "a store while the manifest has none", rule: "sandbox.persistentStorage",
                    remedy: "set sandbox.persistentStorage to true in manifest.json, or leave it out"))
        }
        guard let quota else {
            throw .denied(
                rules.denial(
                    "a store without a size in the manifest", rule: "resources.storage.persistent",
                    remedy: "set resources.storage.persistent to a size such as \"10MB\" in manifest.json"))
        }
        guard let storeFile else { throw .failed("\(method): there is no place for stores here") }
        do throws(AmxError) {
            let opened = try KeyValueStore(storeFile, quota: quota.bytes)
            store = opened
            return opened
        } catch {
            throw .failed(error.message)
        }
    }

    /// Does something with the store, and says what goes wrong.
    private func use<Result>(
        _ store: KeyValueStore, _ method: String, _ body: (KeyValueStore) throws(StoreFault) -> Result
    ) throws(HostRefusal) -> Result {
        do throws(StoreFault) { return try body(store) } catch {
            switch error {
            case .overQuota(let used, let wanted):
                throw .denied(overQuota(method, "\(wanted) bytes more in a store that has \(used)"))
            case .fileFull: throw .denied(overQuota(method, "more in a store whose file, or disk, is full"))
            case .busy, .failed: throw .failed("the store cannot be used: \(error.reason)")
            }
        }
    }

    private func overQuota(_ method: String, _ what: String) -> AccessDenial {
        rules.denial(
            layer: .quota, "\(what) and may have \(quota?.bytes ?? 0)", rule: "resources.storage.persistent",
            remedy: "raise resources.storage.persistent in manifest.json, or delete keys")
    }
}
