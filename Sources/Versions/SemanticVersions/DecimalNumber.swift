/// A whole number of any size, as SemVer's numeric identifiers are: digits without leading zeros.
///
/// The standard sets no upper bound, so numbers are kept and compared as digits and can neither wrap nor lose precision.
package struct DecimalNumber: Hashable, Sendable {
    /// The digits, most significant first.
    package let digits: String

    /// Takes a number.
    package init(_ value: UInt64) { digits = String(value) }

    /// Reads digits, or gives nil for anything else: an empty text, a sign, a leading zero.
    package init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            first != UInt8(ascii: "0") || bytes.count == 1
        else { return nil }
        digits = String(text)
    }

    /// The next number.
    var successor: DecimalNumber {
        var bytes = Array(digits.utf8)
        var index = bytes.count - 1
        while index >= 0, bytes[index] == UInt8(ascii: "9") {
            bytes[index] = UInt8(ascii: "0")
            index -= 1
        }
        if index >= 0 { bytes[index] += 1 } else { bytes.insert(UInt8(ascii: "1"), at: 0) }
        return DecimalNumber(digits: String(decoding: bytes, as: UTF8.self))
    }

    private init(digits: String) { self.digits = digits }

    /// The number, where it fits in 64 bits.
    package var value: UInt64? { UInt64(digits) }
}

extension DecimalNumber: Comparable {
    package static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        let (first, second) = (left.digits.utf8, right.digits.utf8)
        return first.count == second.count ? first.lexicographicallyPrecedes(second) : first.count < second.count
    }
}

extension DecimalNumber: CustomStringConvertible {
    package var description: String { digits }
}
