/// Bytes as a key, hashed as a whole: an array of them is hashed one by one, which takes several times as long.
struct ByteKey: Hashable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}
