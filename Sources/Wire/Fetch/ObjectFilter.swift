import Objects

/// Which objects a partial clone leaves out.
///
/// Source: git-rev-list(1), `--filter`.
package enum ObjectFilter: Sendable, Hashable {
    /// No blobs (`blob:none`).
    case noBlobs
    /// No blobs of at least this many bytes (`blob:limit=<n>`).
    case blobsBelow(Int)
    /// No trees and no blobs (`tree:0`).
    case noTrees

    /// Reads a filter specification; throws for one that Amx does not serve.
    init(specification: ByteSlice) throws {
        if specification.isText("blob:none") {
            self = .noBlobs
        } else if specification.isText("tree:0") {
            self = .noTrees
        } else if let size = specification.removing(prefix: "blob:limit="), let bytes = Self.bytes(size) {
            self = .blobsBelow(bytes)
        } else {
            throw AmxError(
                .failure, "filtering objects: '\(RemoteText.clean(specification))' is not supported",
                hint: "the supported filters are blob:none, blob:limit=<n> and tree:0")
        }
    }

    /// The specification, sizes in bytes.
    package var specification: String {
        switch self {
        case .noBlobs: "blob:none"
        case .blobsBelow(let bytes): "blob:limit=\(bytes)"
        case .noTrees: "tree:0"
        }
    }

    private static func bytes(_ text: ByteSlice) -> Int? {
        let scale: Int
        switch text.last {
        case UInt8(ascii: "k"), UInt8(ascii: "K"): scale = 1 << 10
        case UInt8(ascii: "m"), UInt8(ascii: "M"): scale = 1 << 20
        case UInt8(ascii: "g"), UInt8(ascii: "G"): scale = 1 << 30
        default: scale = 1
        }
        guard let number = (scale == 1 ? text : text.dropLast()).decimal else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : bytes
    }
}
