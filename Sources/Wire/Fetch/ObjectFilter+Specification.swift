package import Objects

extension ObjectFilter {
    /// Reads a filter as the wire carries it; throws for one that Amx does not serve.
    ///
    /// Source: git-rev-list(1), `--filter`: `blob:none`, `blob:limit=<n>[kmg]` and `tree:0`.
    init(specification: ByteSlice) throws {
        if specification.isText("blob:none") {
            self = .noBlobs
        } else if specification.isText("tree:0") {
            self = .treeDepth(0)
        } else if let size = specification.removing(prefix: "blob:limit="), let bytes = Self.bytes(size) {
            self = .blobsBelow(bytes)
        } else {
            throw AmxError(
                .failure,
                "filtering objects: '\(RemoteText.oneLine(RemoteText.clean(specification.prefix(200))))' is not supported",
                hint: "the supported filters are blob:none, blob:limit=<n> and tree:0")
        }
    }

    /// The filter as the wire carries it, sizes in bytes; nil for none.
    package var specification: String? {
        switch self {
        case .none: nil
        case .noBlobs: "blob:none"
        case .blobsBelow(let bytes): "blob:limit=\(bytes)"
        case .treeDepth(let depth): "tree:\(depth)"
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
