import Glibc

/// Shannon's entropy, by which random text is told from words.
enum Entropy {
    /// Bits a byte, from 0 (one byte over and over) to 8; base64 of random bytes has close to 6, hexadecimal 4.
    static func ofBytes(_ bytes: some Collection<UInt8>) -> Double {
        guard !bytes.isEmpty else { return 0 }
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let total = Double(bytes.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log2(share)
        }
    }
}
