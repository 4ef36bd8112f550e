/// Reads and writes the little-endian numbers of frames, seek tables and indexes.
enum LittleEndian {
    /// The number at an offset, or nil when the bytes end before it does.
    static func read<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, from bytes: [UInt8], at offset: Int
    ) -> Number? {
        let width = Number.bitWidth / 8
        guard offset >= 0, bytes.count >= width, offset <= bytes.count - width else { return nil }
        var number: Number = 0
        for index in (0..<width).reversed() { number = number << 8 | Number(bytes[offset + index]) }
        return number
    }

    /// The number at an offset as an `Int`, or nil when it is not there or does not fit.
    static func integer<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, from bytes: [UInt8], at offset: Int
    ) -> Int? {
        read(type, from: bytes, at: offset).flatMap { Int(exactly: $0) }
    }

    /// Adds a number at the end.
    static func append(_ number: some FixedWidthInteger & UnsignedInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
