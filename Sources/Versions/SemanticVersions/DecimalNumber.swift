/// A whole number of any size, as SemVer's numeric identifiers are: digits without leading zeros.
///
/// The standard sets no upper bound, so what does not fit in 64 bits is kept and compared as digits: nothing wraps or loses precision.
package struct DecimalNumber: Hashable, Sendable {
    /// The number, or the highest of 64 bits where it does not fit.
    private let clamped: UInt64
    /// The digits of a number that does not fit, most significant first; nil for all others, so that each number has one form.
    private let large: [UInt8]?

    /// Takes a number.
    package init(_ value: UInt64) { (clamped, large) = (value, nil) }

    /// Reads digits, or gives nil for anything else: an empty text, a sign, a leading zero.
    package init?(_ text: some StringProtocol) { self.init(digits: text.utf8) }

    /// Reads the bytes of digits in the same way.
    init?(digits: some Collection<UInt8>) {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var value: UInt64 = 0
        var isLarge = false
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (tens, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isBeyond) = tens.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            isLarge = isLarge || isOver || isBeyond
            value = sum
        }
        (clamped, large) = isLarge ? (.max, Array(digits)) : (value, nil)
    }

    /// The next number.
    var successor: DecimalNumber {
        if large == nil, clamped < .max { return DecimalNumber(clamped + 1) }
        var bytes = large ?? Array(String(clamped).utf8)
        var index = bytes.count - 1
        while index >= 0, bytes[index] == UInt8(ascii: "9") {
            bytes[index] = UInt8(ascii: "0")
            index -= 1
        }
        if index >= 0 { bytes[index] += 1 } else { bytes.insert(UInt8(ascii: "1"), at: 0) }
        return DecimalNumber(large: bytes)
    }

    private init(large: [UInt8]) { (clamped, self.large) = (.max, large) }

    /// The digits, most significant first.
    package var digits: String { large.map { String(decoding: $0, as: UTF8.self) } ?? String(clamped) }

    /// The number, where it fits in 64 bits.
    package var value: UInt64? { large == nil ? clamped : nil }
}

extension DecimalNumber: Comparable {
    package static func == (left: DecimalNumber, right: DecimalNumber) -> Bool {
        left.clamped == right.clamped && (left.clamped < .max || left.large == right.large)
    }

    package static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        guard left.clamped == right.clamped, left.clamped == .max else { return left.clamped < right.clamped }
        switch (left.large, right.large) {
        case (nil, let other): return other != nil
        case (_, nil): return false
        case (let first?, let second?):
            return first.count == second.count ? first.lexicographicallyPrecedes(second) : first.count < second.count
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(clamped)
        if clamped == .max { hasher.combine(large) }
    }
}

extension DecimalNumber: CustomStringConvertible {
    package var description: String { digits }
}
