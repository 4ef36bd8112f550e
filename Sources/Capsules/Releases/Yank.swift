/// That a release was withdrawn: it stays where it is, and is chosen only where it is locked already.
package struct Yank: Sendable, Hashable {
    /// The most bytes of a reason.
    package static let reasonBytes = 500

    /// When, in seconds since 1970 UTC.
    package let time: Int64
    /// The owner whose token asked for it; nil where that is not told.
    package let owner: OwnerName?
    /// Why, in one line; nil where nobody has said so.
    package let reason: String?

    /// Makes one; the reason is of those that ``isReason(_:)`` allows.
    package init(time: Int64, owner: OwnerName? = nil, reason: String? = nil) {
        self.time = time
        self.owner = owner
        self.reason = reason
    }

    /// Whether a text may be a reason: one line that is not empty, without control characters, of at most ``reasonBytes``.
    package static func isReason(_ text: String) -> Bool {
        (1...reasonBytes).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && $0.value != 0x2028 && $0.value != 0x2029
            }
    }
}
