/// Names a git object by the SHA-1 of its type, size and content.
///
/// Twenty bytes held inline; comparison and hashing are bytewise, in the order of the hexadecimal form.
public struct ObjectID: Hashable, Comparable, Sendable {
    /// The length of the binary form in bytes.
    public static let byteCount = 20
    /// The length of the hexadecimal form in characters.
    public static let hexCount = 40
    /// All zeroes, which the wire protocol and ref updates use for "no object".
    public static let zero = ObjectID(0, 0, 0)

    // Big-endian words, so that integer order is bytewise order. Inlinable, because parsing ids is hot in other modules.
    @usableFromInline let high: UInt64
    @usableFromInline let middle: UInt64
    @usableFromInline let low: UInt32

    @usableFromInline init(_ high: UInt64, _ middle: UInt64, _ low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    /// Reads the first twenty bytes of a buffer; nil when there are fewer.
    @inlinable public init?(bytes: some Collection<UInt8>) {
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        var count = 0
        for byte in bytes.prefix(Self.byteCount) {
            switch count {
            case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
            case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
            default: words.2 = words.2 << 8 | UInt32(byte)
            }
            count += 1
        }
        guard count == Self.byteCount else { return nil }
        self.init(words.0, words.1, words.2)
    }

    /// The same of bytes that lie in one piece: three words, where a collection's bytes are taken one by one.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.init(
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    }

    /// Parses exactly forty lower-case hexadecimal digits; nil for anything else.
    @inlinable public init?(hex: some Collection<UInt8>) {
        guard hex.count == Self.hexCount else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        var count = 0
        for digit in hex {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            switch count {
            case 0..<16: words.0 = words.0 << 4 | UInt64(nibble)
            case 16..<32: words.1 = words.1 << 4 | UInt64(nibble)
            default: words.2 = words.2 << 4 | UInt32(nibble)
            }
            count += 1
        }
        self.init(words.0, words.1, words.2)
    }

    /// Parses exactly forty lower-case hexadecimal digits; nil for anything else.
    public init?(hex: some StringProtocol) {
        self.init(hex: Array(hex.utf8))
    }

    /// The first of the twenty bytes, by which pack indexes are divided.
    var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

    /// The twenty bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            for index in 0..<8 { buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(index))) }
            for index in 0..<8 { buffer[8 + index] = UInt8(truncatingIfNeeded: middle >> (56 - 8 * UInt64(index))) }
            for index in 0..<4 { buffer[16 + index] = UInt8(truncatingIfNeeded: low >> (24 - 8 * UInt32(index))) }
            count = Self.byteCount
        }
    }

    /// Forty lower-case hexadecimal digits.
    public var hex: String {
        String(decoding: hexBytes, as: UTF8.self)
    }

    /// The hexadecimal digits as ASCII bytes, as the wire protocol and tree-less objects hold them.
    public var hexBytes: [UInt8] {
        let digits: StaticString = "0123456789abcdef"
        return digits.withUTF8Buffer { digits in
            [UInt8](unsafeUninitializedCapacity: Self.hexCount) { buffer, count in
                for (index, byte) in bytes.enumerated() {
                    buffer[2 * index] = digits[Int(byte >> 4)]
                    buffer[2 * index + 1] = digits[Int(byte & 15)]
                }
                count = Self.hexCount
            }
        }
    }

    /// Whether this is the "no object" id.
    public var isZero: Bool { self == .zero }

    public static func < (left: ObjectID, right: ObjectID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }
}

extension ObjectID: CustomStringConvertible {
    public var description: String { hex }
    /// The first ten digits, for people.
    public var abbreviated: String { String(hex.prefix(10)) }
}
