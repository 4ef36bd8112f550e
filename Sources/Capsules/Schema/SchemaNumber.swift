/// A number as schemas compare numbers: by its value, however it is written.
struct SchemaNumber: Hashable {
    /// A whole number of 64 bits is always the first of the two.
    private enum Value: Hashable {
        case integer(Int64)
        case double(Double)
    }

    private let value: Value

    /// The number of a value, or nil for any other value.
    init?(_ value: JSONValue) {
        switch value {
        case .integer(let number): self.value = .integer(number)
        case .double(let number):
            self.value = Int64(exactly: number).map(Value.integer) ?? .double(number)
        default: return nil
        }
    }

    /// The number as a value: equal numbers give equal values.
    var json: JSONValue {
        switch value {
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        }
    }

    /// Whether it is above zero.
    var isPositive: Bool {
        switch value {
        case .integer(let number): number > 0
        case .double(let number): number > 0
        }
    }

    /// Whether it is that many times another one, above zero, by the digits of both: 0.3 is three times 0.1.
    func isMultiple(of other: SchemaNumber) -> Bool {
        guard let (digits, exponent) = decimal, let (divisor, divisorExponent) = other.decimal, divisor > 0 else {
            return false
        }
        guard digits > 0 else { return true }
        guard exponent < divisorExponent else {
            var power: UInt64 = 1 % divisor
            var base: UInt64 = 10 % divisor
            var left = exponent - divisorExponent
            while left > 0 {
                if left & 1 == 1 { power = Self.product(power, base, modulo: divisor) }
                base = Self.product(base, base, modulo: divisor)
                left >>= 1
            }
            return Self.product(digits % divisor, power, modulo: divisor) == 0
        }
        var scaled = divisor
        for _ in 0..<(divisorExponent - exponent) {
            let (product, isTooLarge) = scaled.multipliedReportingOverflow(by: 10)
            // Nothing but zero is a multiple of what is larger.
            guard !isTooLarge, product <= digits else { return false }
            scaled = product
        }
        return digits % scaled == 0
    }

    /// The digits without sign and point, and the power of ten that they are times; nil where they are no finite
    /// number.
    private var decimal: (digits: UInt64, exponent: Int)? {
        switch value {
        case .integer(let number): return (number.magnitude, 0)
        case .double(let number):
            // The shortest digits that read back as the same number, at most 17.
            guard number.isFinite else { return nil }
            var (digits, exponent): (UInt64, Int) = (0, 0)
            var isFraction = false
            let parts = number.magnitude.description.split(separator: "e")
            for byte in parts.first?.utf8 ?? "".utf8[...] {
                guard let digit = UInt64(exactly: Int(byte) - 48), digit < 10 else {
                    isFraction = true
                    continue
                }
                let (product, isTooLarge) = digits.multipliedReportingOverflow(by: 10)
                guard !isTooLarge else { return nil }
                digits = product + digit
                if isFraction { exponent -= 1 }
            }
            if parts.count > 1 { exponent += Int(parts[1]) ?? 0 }
            return (digits, exponent)
        }
    }

    private static func product(_ left: UInt64, _ right: UInt64, modulo divisor: UInt64) -> UInt64 {
        divisor.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
    }
}

extension SchemaNumber: Comparable {
    static func < (left: SchemaNumber, right: SchemaNumber) -> Bool {
        switch (left.value, right.value) {
        case (.integer(let first), .integer(let second)): first < second
        case (.double(let first), .double(let second)): first < second
        case (.integer(let first), .double(let second)): isLess(first, second)
        // They are never equal: a double that is a whole number has none of 64 bits.
        case (.double(let first), .integer(let second)): !first.isNaN && !isLess(second, first)
        }
    }

    private static func isLess(_ whole: Int64, _ number: Double) -> Bool {
        if number >= 0x1p63 { return true }
        guard number >= -0x1p63 else { return false }
        // What lies between two whole numbers is above one that is not above the lower of them.
        return whole <= Int64(number.rounded(.down))
    }
}

extension SchemaNumber: CustomStringConvertible {
    var description: String { JSONWriter.text(json) }
}
