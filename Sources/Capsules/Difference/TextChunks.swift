/// A content cut into lines, and long lines into pieces, to tell how much of it another content has too.
struct TextChunks {
    /// How many bytes the chunks of each hash have.
    private let bytes: [Int: Int]
    /// The whole content's size.
    let size: Int

    private static let length = 64

    /// Cuts a content.
    init(_ content: [UInt8]) {
        var bytes: [Int: Int] = [:]
        content.withUnsafeBytes { content in
            var start = 0
            while start < content.count {
                let limit = min(start + Self.length, content.count)
                var end = start
                while end < limit, content[end] != UInt8(ascii: "\n") { end += 1 }
                if end < limit { end += 1 }
                var hasher = Hasher()
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: content[start..<end]))
                bytes[hasher.finalize(), default: 0] += end - start
                start = end
            }
        }
        self.bytes = bytes
        size = content.count
    }

    /// How much of the larger content both have, in percent and rounded down, as git counts similarity.
    func similarity(to other: TextChunks) -> Int {
        let larger = max(size, other.size)
        guard larger > 0 else { return 100 }
        let (few, many) = bytes.count < other.bytes.count ? (bytes, other.bytes) : (other.bytes, bytes)
        let common = few.reduce(0) { $0 + min($1.value, many[$1.key] ?? 0) }
        // Both are at most the bound on files that are compared.
        return common * 100 / larger
    }
}
