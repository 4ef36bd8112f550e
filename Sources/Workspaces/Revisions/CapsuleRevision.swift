package import Capsules
package import Objects

/// `ID` or `ID@REV`, as commands take it.
package struct CapsuleRevision: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// The revision's text; nil for none, empty for the head.
    package let revision: String?

    /// Parses the text of an argument.
    package init(_ text: String) throws(AmxError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        id = try CapsuleID(String(parts.first ?? ""))
        revision = parts.count > 1 ? String(parts[1]) : nil
    }
}
