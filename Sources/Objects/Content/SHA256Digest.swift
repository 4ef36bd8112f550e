/// A SHA-256 checksum: 32 bytes (FIPS 180-4).
package struct SHA256Digest: Hashable, Sendable {
    /// How many bytes a digest has.
    package static let byteCount = 32

    /// The 32 bytes, in the order in which hexadecimal prints them.
    package let bytes: [UInt8]

    /// Takes 32 bytes, or gives nil for any other number of them.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// Takes what libcrypto wrote.
    init(finished bytes: [UInt8]) { self.bytes = bytes }

    /// Reads 64 lowercase hexadecimal digits, or gives nil for anything else.
    package init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[index]), let low = Self.value(ofDigit: digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// 64 lowercase hexadecimal digits.
    package var hex: String {
        String(unsafeUninitializedCapacity: 2 * Self.byteCount) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[2 * index] = Self.digit(byte >> 4)
                buffer[2 * index + 1] = Self.digit(byte & 15)
            }
            return 2 * Self.byteCount
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        default: nil
        }
    }
}

extension SHA256Digest: CustomStringConvertible {
    package var description: String { hex }
}
