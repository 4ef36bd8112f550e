package import Objects

/// The id of a capsule: 1 to 128 bytes, labels of `a-z`, `0-9` and inner hyphens joined by dots, as in `customer-service` or
/// `com.example.refunds`.
///
/// No label is `kc`, `git`, `lock` or a Windows device name, so that an id serves as a file name, as a ref and in an address
/// (`docs/overview.md`, "Words"; rows A-116 and F-05). Order is bytewise.
package struct CapsuleID: Hashable, Sendable {
    /// The longest id, in bytes.
    package static let byteCount = 128

    /// The id as text.
    package let string: String

    /// Checks an id.
    package init(_ text: String) throws(AmxError) {
        if let reason = Self.reason(against: text) {
            throw AmxError(
                .failure, "'\(TreeRules.printable(text.utf8))' is not a capsule id: \(reason)",
                hint: Self.hint(for: text))
        }
        string = text
    }

    private init(checked text: String) { string = text }

    /// Why a text is no id, or nil for one that is.
    static func reason(against text: String) -> String? {
        guard !text.isEmpty else { return "an id must not be empty" }
        guard text.utf8.count <= byteCount else { return "an id has at most \(byteCount) bytes" }
        let bytes = text.utf8
        let found = bytes.withContiguousStorageIfAvailable { reason(againstLabels: $0) }
        return found ?? reason(againstLabels: bytes)
    }

    private static func reason(againstLabels bytes: some BidirectionalCollection<UInt8>) -> String? {
        var start = bytes.startIndex
        while let dot = bytes[start...].firstIndex(of: UInt8(ascii: ".")) {
            if let reason = Label.reason(against: bytes[start..<dot]) { return reason }
            start = bytes.index(after: dot)
        }
        return Label.reason(against: bytes[start...])
    }

    /// What to write instead, where lower case and hyphens are enough to make an id.
    static func hint(for text: String) -> String {
        let suggestion = derived(from: text).map { ", for example '\($0)'" } ?? ""
        return "use lower-case letters, digits and hyphens, with dots between labels\(suggestion)"
    }

    /// The id that a title or a folder's name suggests, or nil where nothing of it can be used: letters in lower case, runs of
    /// anything else as one hyphen, at most 64 bytes.
    package static func derived(from text: String) -> CapsuleID? {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(1024) {
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            switch lower {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(lower)
            default: if let last = bytes.last, last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
            }
        }
        bytes = Array(bytes.prefix(64))
        while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
        let text = String(decoding: bytes, as: UTF8.self)
        return reason(against: text) == nil ? CapsuleID(checked: text) : nil
    }
}

extension CapsuleID: Comparable, CustomStringConvertible {
    package static func < (left: CapsuleID, right: CapsuleID) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    package var description: String { string }
}
