package import Capsules
import Objects

/// What a run's code has asked of its host: how often each function, and where all is to be written down also each call.
package struct HostCallRecord: Sendable {
    /// The most calls that are written down one by one.
    package static let limit = 10_000
    /// The longest text of what a call was about, in bytes.
    static let subjectBytes = 256

    /// One call: the function, what it was about, and why it gave nothing.
    package struct Call: Sendable, Hashable {
        package let method: String
        package let subject: String?
        package let fault: HostFault.Kind?

        /// The call as events have it.
        package var json: JSONValue {
            var members: [(String, JSONValue)] = [("method", .string(method))]
            if let subject { members.append(("subject", .string(subject))) }
            if let fault { members.append(("error", .integer(fault.rawValue))) }
            return .object(JSONObject(members))
        }
    }

    /// How often each function was called, by name; names that no function has are counted as one.
    package private(set) var counts: [String: Int] = [:]
    /// The calls in their order, where they are written down.
    package private(set) var calls: [Call] = []
    /// How many calls are not written down for want of room.
    package private(set) var dropped = 0
    private let isDetailed: Bool

    init(isDetailed: Bool) { self.isDetailed = isDetailed }

    /// The counts as events have them.
    package var countsJSON: JSONValue {
        .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .count($0.value)) }))
    }

    mutating func add(_ method: String, _ parameters: JSONValue, _ fault: HostFault.Kind?, hiding secrets: HostSecrets)
    {
        counts[fault == .unknownMethod ? "unknown" : method, default: 0] += 1
        guard isDetailed else { return }
        guard calls.count < Self.limit else {
            dropped += 1
            return
        }
        let name = fault == .unknownMethod ? "unknown" : method
        calls.append(Call(method: name, subject: Self.subject(parameters, secrets), fault: fault))
    }

    /// What a call was about: the first of the parameters that say so.
    private static func subject(_ parameters: JSONValue, _ secrets: HostSecrets) -> String? {
        for name in ["key", "path", "topic", "prefix", "url"] {
            guard let text = parameters[name]?.string else { continue }
            let shown = TreeRules.printable(secrets.hiding(text).utf8)
            let method = parameters["method"]?.string.map { TreeRules.printable($0.utf8.prefix(16)) + " " } ?? ""
            return String(decoding: (method + shown).utf8.prefix(subjectBytes), as: UTF8.self)
        }
        return nil
    }
}
