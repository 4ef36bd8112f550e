package import Objects

/// The path of an asset, or a pattern of paths: `*` and `?` stand for characters within a name, `**` as a whole name for any
/// number of folders.
///
/// Neither `*` nor `?` can occur in a capsule's file names, so a text is never both.
package struct AssetPattern: Hashable, Sendable {
    /// The pattern as written.
    package let text: String
    private let names: [[Unicode.Scalar]]

    /// Whether it has wildcards.
    package let isPattern: Bool

    /// Checks a path or pattern: apart from its wildcards it keeps the tree rules.
    package init(_ text: String) throws(AmxError) {
        isPattern = text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        // Any letter in a wildcard's place leaves the rules about length, dots and separators to hold.
        let plain = text.utf8.map { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") ? UInt8(ascii: "x") : $0 }
        try TreeRules.checkPath(plain)
        self.text = text
        names = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether a path, given by the characters of its components, matches.
    ///
    /// `steps` is what work is left to a whole check; every comparison takes one, and at zero nothing matches any more.
    func matches(_ components: [[Unicode.Scalar]], steps: inout Int) -> Bool {
        Self.matches(names, components, isAny: { $0 == ["*", "*"] }) { name, component in
            Self.matches(name, component, isAny: { $0 == "*" }) { wanted, character in
                steps -= 1
                return steps > 0 && (wanted == character || wanted == "?")
            }
        }
    }

    /// Matches a sequence with elements that stand for any number of others: on a mismatch the last such element takes one more,
    /// which decides rightly without trying earlier ones again.
    private static func matches<Wanted, Element>(
        _ pattern: [Wanted], _ elements: [Element], isAny: (Wanted) -> Bool, equal: (Wanted, Element) -> Bool
    ) -> Bool {
        var (at, next) = (0, 0)
        var retry: (pattern: Int, element: Int)?
        while next < elements.count {
            if at < pattern.count, isAny(pattern[at]) {
                retry = (at, next)
                at += 1
            } else if at < pattern.count, equal(pattern[at], elements[next]) {
                at += 1
                next += 1
            } else if let last = retry {
                retry = (last.pattern, last.element + 1)
                (at, next) = (last.pattern + 1, last.element + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy(isAny)
    }
}

extension AssetPattern: CustomStringConvertible {
    package var description: String { text }
}
