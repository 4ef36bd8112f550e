/// Git's delta format: the sizes of base and result, then instructions that copy from the base or insert new bytes.
///
/// Source: gitformat-pack(5), "Deltified representation".
enum DeltaInstructions {
    /// More bytes than the two sizes at the start of a delta can take.
    static let sizesLength = 20

    /// The sizes at the start of a delta.
    struct Sizes {
        let base: Int
        let result: Int
        /// How many bytes they take.
        let length: Int
    }

    /// Reads the two sizes; nil when they are cut off or beyond 63 bits.
    static func sizes(_ delta: UnsafeRawBufferPointer) -> Sizes? {
        var position = 0
        guard let base = size(delta, &position), let result = size(delta, &position) else { return nil }
        return Sizes(base: base, result: result, length: position)
    }

    private static func size(_ delta: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < delta.count, shift < 63 {
            let byte = delta[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(exactly: value) }
            shift += 7
        }
        return nil
    }

    /// Applies a delta; nil when it does not fit the base, leaves it, or does not give what it declares.
    static func apply(_ delta: UnsafeRawBufferPointer, to base: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let sizes = sizes(delta), sizes.base == base.count else { return nil }
        var complete = false
        let result = [UInt8](unsafeUninitializedCapacity: sizes.result) { buffer, count in
            complete = run(
                UnsafeRawBufferPointer(rebasing: delta[sizes.length...]), base, UnsafeMutableRawBufferPointer(buffer))
            count = complete ? sizes.result : 0
        }
        return complete ? result : nil
    }

    /// Every read and write is within its buffer: each length is compared with what is left before it is used.
    private static func run(
        _ delta: UnsafeRawBufferPointer, _ base: UnsafeRawBufferPointer, _ result: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var position = 0
        var written = 0
        while position < delta.count {
            let opcode = delta[position]
            position += 1
            if opcode & 0x80 != 0 {
                var offset = 0
                var length = 0
                for bit in 0..<7 where opcode & (1 << UInt8(bit)) != 0 {
                    guard position < delta.count else { return false }
                    let byte = Int(delta[position])
                    position += 1
                    if bit < 4 { offset |= byte << (8 * bit) } else { length |= byte << (8 * (bit - 4)) }
                }
                if length == 0 { length = 0x10000 }
                guard offset <= base.count, length <= base.count - offset, length <= result.count - written else {
                    return false
                }
                UnsafeMutableRawBufferPointer(rebasing: result[written..<(written + length)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: base[offset..<(offset + length)]))
                written += length
            } else {
                let length = Int(opcode)
                guard length > 0, length <= delta.count - position, length <= result.count - written else {
                    return false
                }
                UnsafeMutableRawBufferPointer(rebasing: result[written..<(written + length)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: delta[position..<(position + length)]))
                position += length
                written += length
            }
        }
        return written == result.count
    }
}
