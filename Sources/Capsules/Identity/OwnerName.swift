package import Objects

/// The name of a user or organisation on a hub: one label of `a-z`, `0-9` and inner hyphens, at most 64 bytes.
///
/// Names that a hub's own addresses start with are not owners (`docs/overview.md`, "Words").
package struct OwnerName: Hashable, Sendable {
    /// The longest name, in bytes.
    package static let byteCount = 64
    /// The first components of a hub's own addresses.
    package static let reserved: Set<String> = ["api", "healthz", "readyz", "metrics", "static", "mcp"]

    /// The name as text.
    package let string: String

    /// Checks a name.
    package init(_ text: String) throws(AmxError) {
        if let reason = Self.reason(against: text) {
            throw AmxError(
                .failure, "'\(TreeRules.printable(text.utf8))' is not an owner's name: \(reason)",
                hint: "use lower-case letters, digits and hyphens, as in 'acme'")
        }
        string = text
    }

    /// Why a text is no owner's name, or nil for one that is.
    static func reason(against text: String) -> String? {
        guard text.utf8.count <= byteCount else { return "a name has at most \(byteCount) bytes" }
        guard !reserved.contains(text) else { return "'\(text)' belongs to the hub's own addresses" }
        return Label.reason(against: text.utf8)
    }
}

extension OwnerName: Comparable, CustomStringConvertible {
    package static func < (left: OwnerName, right: OwnerName) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    package var description: String { string }
}
