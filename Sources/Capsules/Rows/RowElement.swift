/// The number type of a matrix, always little-endian.
package enum RowElement: String, Sendable, Hashable {
    case half = "<f2"
    case single = "<f4"
    case double = "<f8"

    /// Its size in bytes.
    package var size: Int {
        switch self {
        case .half: 2
        case .single: 4
        case .double: 8
        }
    }

    /// The number that starts at a byte of a buffer, which holds all of it.
    func value(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
        switch self {
        case .half: Self.value(half: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .single:
            Double(
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
        case .double:
            Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        }
    }

    /// A number of IEEE 754's binary16.
    private static func value(half bits: UInt16) -> Double {
        let fraction = Double(bits & 0x3FF)
        let exponent = Int(bits >> 10 & 0x1F)
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction * 0x1p-10) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits >> 15 == 0 ? magnitude : -magnitude
    }
}
