import Capsules
import Objects

/// Names for tools that every client takes: at most 64 letters, digits, `_` and `-`, each name once.
struct ToolNames {
    private static let limit = 64
    private var taken: Set<[UInt8]> = []

    /// The name of a tool of a capsule, `ID__TOOL`, or of what the capsule does itself, `ID`.
    mutating func name(_ capsule: CapsuleID, _ tool: String?) -> String {
        let whole = [capsule.string, tool].compactMap { $0 }.joined(separator: "__")
        var bytes = whole.utf8.map { Self.isNameByte($0) ? $0 : UInt8(ascii: "_") }
        // What has lost something of its name is told from others by a digest of all of it.
        if bytes.count > Self.limit || taken.contains(bytes) {
            let hasher = SHA256Hasher()
            hasher.update(Array(whole.utf8))
            let mark = Array("_\(hasher.finish().hex.prefix(8))".utf8)
            bytes = bytes.prefix(Self.limit - mark.count) + mark
        }
        taken.insert(bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
