/// Why the bytes that a server sent are no index of the capsule that was asked for.
package struct ReleaseIndexError: Error, Hashable, Sendable {
    /// The kinds; the raw values are stable.
    package enum Code: String, Sendable, CaseIterable {
        /// More bytes than an index may have.
        case tooLarge
        /// JSON that is none, or a member that is missing or of another form.
        case malformed
        /// Of a later form than this version reads.
        case schema
        /// Of another capsule or owner.
        case otherCapsule
    }

    package let code: Code
    /// What is wrong, in words that follow a colon.
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
