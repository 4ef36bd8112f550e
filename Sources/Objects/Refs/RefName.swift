/// A reference's full name, such as `refs/heads/main`, that git accepts.
///
/// The rules are those of `git check-ref-format`: no component starts with a dot or ends with `.lock`, no `..`, `@{`,
/// control character, blank or one of `~^:?*[\`, no empty component, no final dot. Narrower than git, a name is UTF-8 of at
/// most 1,024 bytes. Order and equality are bytewise.
package struct RefName: Hashable, Comparable, Sendable {
    /// The longest name, in bytes.
    static let maximumByteCount = 1024
    /// The name's bytes.
    package let bytes: [UInt8]
    /// The name.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Checks a full name, which starts with `refs/`.
    package init?(_ name: String) {
        self.init(bytes: Array(name.utf8))
    }

    /// Checks a full name, which starts with `refs/`.
    package init?(bytes: [UInt8]) {
        guard bytes.starts(with: "refs/".utf8), bytes.count <= Self.maximumByteCount, Self.isLegal(bytes) else {
            return nil
        }
        self.bytes = bytes
    }

    /// `refs/heads/<branch>`.
    package init?(branch: String) {
        guard !branch.isEmpty, branch != "HEAD", branch.utf8.first != UInt8(ascii: "-") else { return nil }
        self.init("refs/heads/\(branch)")
    }

    /// `refs/tags/<tag>`.
    package init?(tag: String) {
        guard !tag.isEmpty, tag.utf8.first != UInt8(ascii: "-") else { return nil }
        self.init("refs/tags/\(tag)")
    }

    /// `refs/remotes/<remote>/<branch>`.
    package init?(remote: String, branch: String) {
        guard !remote.isEmpty, !branch.isEmpty else { return nil }
        self.init("refs/remotes/\(remote)/\(branch)")
    }

    /// Whether a remote may have this name: one component in ASCII, without dots, so that names with one are free for what is no remote.
    package static func isRemote(_ name: String) -> Bool {
        let bytes = name.utf8
        return RefName(remote: name, branch: "x") != nil && bytes.first != UInt8(ascii: "-")
            && bytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ".") }
    }

    /// The branch of a `refs/heads/` name.
    package var branch: String? { suffix(after: "refs/heads/") }
    /// The tag of a `refs/tags/` name.
    package var tag: String? { suffix(after: "refs/tags/") }

    /// What follows a prefix; nil when the name doesn't start with it.
    package func suffix(after prefix: String) -> String? {
        guard bytes.starts(with: prefix.utf8) else { return nil }
        return String(decoding: bytes.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The commit that a workspace's working form was made from.
    package static let base = known("refs/amx/base")
    /// The log of what has been done in a workspace, which stays there.
    package static let operations = known("refs/amx/operations")

    /// What a hub says of a capsule: which releases were yanked.
    package static let meta = known("refs/amx/meta")

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// A name written in this source, known to be legal.
    private static func known(_ name: StaticString) -> RefName {
        RefName(unchecked: name.withUTF8Buffer { Array($0) })
    }

    package static func < (left: RefName, right: RefName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private static func isLegal(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil, bytes.last != UInt8(ascii: ".") else { return false }
        for component in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if component.isEmpty || component.first == UInt8(ascii: ".") { return false }
            if component.count >= 5, component.suffix(5).elementsEqual(".lock".utf8) { return false }
            var previous: UInt8 = 0
            for byte in component {
                switch byte {
                case 0...0x20, 0x7F: return false
                case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: "*"),
                    UInt8(ascii: "["), UInt8(ascii: "\\"):
                    return false
                case UInt8(ascii: ".") where previous == UInt8(ascii: "."): return false
                case UInt8(ascii: "{") where previous == UInt8(ascii: "@"): return false
                default: previous = byte
                }
            }
        }
        return true
    }
}
