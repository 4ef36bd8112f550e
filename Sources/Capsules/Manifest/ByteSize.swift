/// An amount of memory or storage, written in manifests as `"128MB"`.
///
/// Units are powers of 1024, as container runtimes read them: `B`, `KB`, `MB`, `GB`, `TB`, each also with `i` (`MiB`), in either
/// case, after an optional blank. Up to six digits may follow a decimal point; a part of a byte is dropped.
package struct ByteSize: Hashable, Sendable {
    /// The amount in bytes.
    package let bytes: Int64

    /// Takes a number of bytes.
    package init(bytes: Int64) { self.bytes = bytes }

    /// Reads a number with its unit, or gives nil for anything else and for more than `Int64.max` bytes.
    package init?(_ text: String) {
        let parts = text.utf8
        let digits = parts.prefix(while: Self.isDigit)
        var rest = parts[digits.endIndex...]
        var fraction = parts[parts.endIndex...]
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            rest = parts[fraction.endIndex...]
            guard (1...6).contains(fraction.count) else { return nil }
        }
        if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        guard let whole = Int64(String(decoding: digits, as: UTF8.self)), let shift = Self.shift(of: rest) else {
            return nil
        }
        let (large, overflow) = whole.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        var small: Int64 = 0
        if !fraction.isEmpty {
            // At most 999999 << 40, which fits; the scale is a power of ten up to a million.
            let scale = (0..<fraction.count).reduce(Int64(1)) { scale, _ in scale * 10 }
            guard let part = Int64(String(decoding: fraction, as: UTF8.self)) else { return nil }
            small = (part << shift) / scale
        }
        let (sum, carry) = large.addingReportingOverflow(small)
        guard !carry else { return nil }
        bytes = sum
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func shift(of unit: some Collection<UInt8>) -> Int64? {
        // ASCII letters only: the Kelvin sign's lower case is `k` too.
        switch String(decoding: unit.map { $0 < 0x80 ? $0 | 0x20 : $0 }, as: UTF8.self) {
        case "b": 0
        case "kb", "kib": 10
        case "mb", "mib": 20
        case "gb", "gib": 30
        case "tb", "tib": 40
        default: nil
        }
    }
}

extension ByteSize: Comparable {
    package static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }
}

extension ByteSize: CustomStringConvertible {
    /// The size in the largest unit that gives a whole number.
    package var description: String {
        for (unit, shift) in [("TB", 40), ("GB", 30), ("MB", 20), ("KB", 10)] as [(String, Int64)]
        where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)B"
    }
}
