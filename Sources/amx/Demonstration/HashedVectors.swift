/// Vectors of texts by feature hashing: a small stand-in for an embedding model that gives the same bytes everywhere.
enum HashedVectors {
    /// The numbers of a vector.
    static let dimensions = 64

    /// The vectors of texts one after the other, as little-endian 32-bit floats of length 1.
    static func bytes(of texts: [Substring]) -> [UInt8] {
        texts.flatMap { vector(of: $0) }.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }
    }

    private static func vector(of text: Substring) -> [Float] {
        var vector = [Float](repeating: 0, count: dimensions)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let hash = hash(word)
            vector[Int(hash % UInt64(dimensions))] += hash >> 63 == 0 ? 1 : -1
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    /// FNV-1a.
    private static func hash(_ word: Substring) -> UInt64 {
        word.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
