/// A UUID that names one loading of a capsule, so that what it says can be told to be from it.
package struct InstanceID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Makes one that there was never before: of version 4, random but for six bits.
    package init() {
        var random = SystemRandomNumberGenerator()
        self.init(using: &random)
    }

    init(using random: inout some RandomNumberGenerator) {
        high = random.next() & ~0xF000 | 0x4000
        low = random.next() & ~(3 << 62) | 2 << 62
    }

    /// Reads 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12, joined by hyphens.
    package init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12],
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isHexDigit }),
            let high = UInt64(groups[...2].joined(), radix: 16), let low = UInt64(groups[3...].joined(), radix: 16)
        else { return nil }
        (self.high, self.low) = (high, low)
    }
}

extension InstanceID: CustomStringConvertible {
    package var description: String {
        func digits(_ number: UInt64, _ count: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        return [
            digits(high >> 32, 8), digits(high >> 16 & 0xFFFF, 4), digits(high & 0xFFFF, 4), digits(low >> 48, 4),
            digits(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
