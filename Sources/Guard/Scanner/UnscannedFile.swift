/// A file that no text rule looked into, and why.
package struct UnscannedFile: Hashable, Sendable {
    /// Why a file's text is not looked into.
    package enum Reason: String, Sendable, CaseIterable {
        /// It has more bytes than ``ScanLimits/fileBytes``.
        case tooLarge
        /// It came after ``ScanLimits/totalBytes`` were used up.
        case totalPassed
        /// It is not text.
        case binary
        /// It is an archive or a compressed file; what is in it is not seen.
        case archive
        /// It is a program of machine code or byte code.
        case program
        /// It is no regular file, or its path breaks the tree rules: no capsule can hold it.
        case notContent
        /// It could not be read.
        case unreadable
        /// More was found in the capsule than is kept.
        case findingsPassed
    }

    /// The path, relative to what was scanned, with what cannot be printed escaped.
    package let path: String
    /// How many bytes it has; nil where that is not known.
    package let bytes: Int?
    package let reason: Reason
    /// More about the reason.
    package let detail: String?

    package init(path: String, bytes: Int?, reason: Reason, detail: String? = nil) {
        self.path = path
        self.bytes = bytes
        self.reason = reason
        self.detail = detail
    }
}
