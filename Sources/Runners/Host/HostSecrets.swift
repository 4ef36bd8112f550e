import Capsules
import Guard

/// The values of a capsule's secrets, which stand in no record.
struct HostSecrets: Sendable {
    /// What is shorter would take innocent texts apart, and can be guessed anyhow.
    static let leastBytes = 4

    /// Longer values first, so that one within another does not leave the rest of it.
    private let secrets: [Secret]

    init(_ secrets: [(name: String, value: String)]) {
        self.secrets = secrets.filter { $0.value.utf8.count >= Self.leastBytes }
            .map { Secret(name: $0.name, value: Array($0.value.utf8)) }.sorted { $0.value.count > $1.value.count }
    }

    /// A text with `[secret NAME]` in place of each value.
    func hiding(_ text: String) -> String {
        guard !secrets.isEmpty else { return text }
        var bytes = Array(text.utf8)
        for secret in secrets {
            var result: [UInt8] = []
            var start = 0
            while let found = Self.find(secret, in: bytes, from: start) {
                result += bytes[start..<found] + "[secret \(secret.name)]".utf8
                start = found + secret.value.count
            }
            if start > 0 { bytes = result + bytes[start...] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A value with the same in all of its texts and keys.
    func hiding(_ value: JSONValue) -> JSONValue {
        guard !secrets.isEmpty else { return value }
        switch value {
        case .string(let text): return .string(hiding(text))
        case .array(let elements): return .array(elements.map(hiding))
        case .object(let object):
            return .object(JSONObject(object.members.map { (hiding($0.key), hiding($0.value)) }))
        default: return value
        }
    }

    func hiding(_ denial: AccessDenial) -> AccessDenial {
        AccessDenial(
            capsule: denial.capsule, layer: denial.layer, check: denial.check, reason: hiding(denial.reason),
            rule: denial.rule, remedy: hiding(denial.remedy))
    }

    /// The first place of a value at or after a start, found in linear time whatever both are (Knuth, Morris and
    /// Pratt).
    private static func find(_ secret: Secret, in bytes: [UInt8], from start: Int) -> Int? {
        var matched = 0
        for index in start..<bytes.count {
            while matched > 0, secret.value[matched] != bytes[index] { matched = secret.borders[matched - 1] }
            if secret.value[matched] == bytes[index] { matched += 1 }
            if matched == secret.value.count { return index + 1 - matched }
        }
        return nil
    }

    private struct Secret {
        let name: String
        let value: [UInt8]
        /// Of each beginning of the value, how long the longest shorter beginning is that it ends in.
        let borders: [Int]

        init(name: String, value: [UInt8]) {
            (self.name, self.value) = (name, value)
            var borders = [Int](repeating: 0, count: value.count)
            var length = 0
            for index in value.indices.dropFirst() {
                while length > 0, value[length] != value[index] { length = borders[length - 1] }
                if value[length] == value[index] { length += 1 }
                borders[index] = length
            }
            self.borders = borders
        }
    }
}
