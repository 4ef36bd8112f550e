import Glibc

/// A path of a capsule's file that has passed the tree rules.
///
/// Holding one is the proof: it is relative, has no `..`, and is safe to join to a folder on any system. Equality and order are
/// those of its bytes (never of Swift strings, whose equality is canonical equivalence), which is also the order of the
/// content digest and of `.kc` files.
package struct TreePath: Hashable, Sendable {
    /// The path in UTF-8, with `/` between components.
    package let bytes: [UInt8]

    /// Checks a path that is given as text.
    package init(_ text: String) throws(AmxError) {
        try self.init(bytes: text.utf8)
    }

    /// Checks a path that is given as bytes.
    package init(bytes: some Collection<UInt8>) throws(AmxError) {
        let bytes = Array(bytes)
        try TreeRules.checkPath(bytes)
        self.bytes = bytes
    }

    /// Takes a part of a path that has been checked.
    private init(checked bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    /// The path as text.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The names from the root down.
    package var components: [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }

    /// The folder that the path stands in, or nil at the capsule's root.
    package var parent: TreePath? {
        bytes.lastIndex(of: UInt8(ascii: "/")).map { TreePath(checked: bytes[..<$0]) }
    }

    /// The last component.
    package var name: String {
        let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return String(decoding: bytes[start...], as: UTF8.self)
    }

    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension TreePath: Comparable {
    package static func < (left: TreePath, right: TreePath) -> Bool {
        let order = left.bytes.withUnsafeBytes { left in
            right.bytes.withUnsafeBytes { right -> Int32 in
                guard let first = left.baseAddress, let second = right.baseAddress else { return 0 }
                return memcmp(first, second, min(left.count, right.count))
            }
        }
        return order != 0 ? order < 0 : left.bytes.count < right.bytes.count
    }
}

extension TreePath: CustomStringConvertible {
    package var description: String { string }
}
