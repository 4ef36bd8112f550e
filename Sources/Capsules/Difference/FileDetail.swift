package import Objects

/// What differs within a file, in the terms of what the file is.
package struct FileDetail: Sendable {
    /// The terms.
    package enum Form: Sendable {
        /// The content is the same: only path or mode differ.
        case same
        /// Values of a JSON or YAML document.
        case values(JSONDifference)
        /// Rows of a matrix.
        case rows(RowComparison)
        /// The rows of a matrix that is only on one side.
        case rowCount(Int, width: Int?)
        /// Lines of a text.
        case lines(TextDiff)
        /// Bytes.
        case binary
    }

    /// What differs.
    package let form: Form
    /// Why the file is not shown in the terms that its name suggests.
    package let note: String?
    /// The checksum of the content before; nil where there was no file.
    package let oldDigest: SHA256Digest?
    /// The checksum of the content afterwards; nil where there is no file.
    package let newDigest: SHA256Digest?
}
