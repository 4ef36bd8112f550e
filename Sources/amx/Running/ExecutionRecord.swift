import Capsules
import Guard
import Objects
import Runners

/// The payloads of a run's events `executed`, each small enough for an event (`docs/events.md`, "Runs").
struct ExecutionRecord {
    /// The most bytes of a value that stands in an event; of a larger one its size and digest do.
    static let valueBytes = 32 << 10
    /// The most nested values of one that stands in an event.
    static let valueDepth = 48
    /// The most bytes of all values of a run's events.
    static let totalBytes = 4 << 20
    /// The longest error, in bytes.
    static let errorBytes = 2_000
    /// How many calls stand in one event.
    static let callsAtOnce = 200

    private let isAudited: Bool
    private var left = totalBytes

    /// Makes the payloads of a run at a level.
    init(level: SecurityLevel) { isAudited = level.demands.contains(.audit) }

    /// What an event of a run's beginning says besides what all say.
    mutating func start(input: JSONValue, approval: String?) -> JSONObject {
        var members: [(String, JSONValue)] = [
            ("status", "started"), ("parameters", .string(Self.digest(of: input).hex)),
        ]
        if let approval { members.append(("approval", .string(approval))) }
        if isAudited { members.append(("input", value(input))) }
        return JSONObject(members)
    }

    /// What the events of a run's end say: what it was denied, told and asked for, and how it has ended.
    mutating func end(_ result: RunResult, _ host: CapsuleHost?) -> [JSONObject] {
        var all: [JSONObject] = []
        if let host { all += progress(host) }
        all.append(conclusion(result, host))
        return all
    }

    private mutating func progress(_ host: CapsuleHost) -> [JSONObject] {
        var all: [JSONObject] = host.denials.entries.map { ["status": "progress", "denial": .object($0.json)] }
        for event in host.events {
            all.append(["status": "progress", "event": ["topic": .string(event.topic), "data": value(event.data)]])
        }
        let calls = host.calls.calls
        for start in stride(from: 0, to: calls.count, by: Self.callsAtOnce) {
            let part = calls[start..<min(start + Self.callsAtOnce, calls.count)]
            all.append(["status": "progress", "calls": .array(part.map(\.json))])
        }
        return all
    }

    private mutating func conclusion(_ result: RunResult, _ host: CapsuleHost?) -> JSONObject {
        var members: [(String, JSONValue)] = [
            ("status", result.isSuccess ? "completed" : "failed"), ("outcome", .string(result.outcome.description)),
            ("resources", result.usage.json),
        ]
        if let error = result.error {
            let shown = (host?.hiding(error) ?? error).utf8.prefix(Self.errorBytes)
            members.append(("error", .string(String(decoding: shown, as: UTF8.self))))
        }
        guard let host else { return JSONObject(members) }
        if host.denials.count > 0 { members.append(("denials", .count(host.denials.count))) }
        if !host.calls.counts.isEmpty { members.append(("calls", host.calls.countsJSON)) }
        if host.calls.dropped > 0 { members.append(("callsDropped", .count(host.calls.dropped))) }
        if isAudited, result.isSuccess { members.append(("result", value(host.hiding(result.result)))) }
        return JSONObject(members)
    }

    /// A value as it stands in an event: itself, or its size and SHA-256 where it is too large or too deep.
    private mutating func value(_ value: JSONValue) -> JSONValue {
        let bytes = JSONWriter.bytes(value, .canonical)
        let fits = bytes.count <= min(Self.valueBytes, left)
        if fits, (try? JSONParser.parse(bytes, maximumDepth: Self.valueDepth)) != nil {
            left -= bytes.count
            return value
        }
        return ["bytes": .count(bytes.count), "sha256": .string(Self.digest(of: value).hex)]
    }

    /// SHA-256 of a value as canonical JSON.
    private static func digest(of value: JSONValue) -> SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update(JSONWriter.bytes(value, .canonical))
        return hasher.finish()
    }
}
