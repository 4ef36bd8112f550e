/// Makes git's deltas: what to copy from a base and what to insert to get another object.
///
/// One pass over each side and one candidate for each block, so the time is linear in both whatever they hold. The same two
/// make the same delta. Source: gitformat-pack(5), "Deltified representation".
enum DeltaEncoder {
    /// What is found again has at least this many bytes.
    private static let blockBytes = 16
    /// One instruction copies at most this much, as every reader of git's packs expects.
    private static let copyBytes = 0x10000
    private static let insertBytes = 127
    /// Above this many bytes an object is no base: a place in one has to fit four bytes.
    private static let mostBytes = 1 << 31

    /// The delta that makes `target` of `base`; nil when it would take more than `limit` bytes, or it looked so on the way.
    static func encode(
        _ target: UnsafeRawBufferPointer, from base: UnsafeRawBufferPointer, atMost limit: Int
    ) -> [UInt8]? {
        guard base.count <= mostBytes, target.count <= mostBytes else { return nil }
        var delta: [UInt8] = []
        append(size: base.count, to: &delta)
        append(size: target.count, to: &delta)
        var at = sameBytes(base, 0, target, 0)
        if at < blockBytes { at = 0 } else { appendCopy(from: 0, count: at, to: &delta) }
        let places = Places(of: base, blockBytes: blockBytes)
        var pending = at
        while at <= target.count - blockBytes {
            guard delta.count + at - pending <= limit else { return nil }
            guard let place = places[target, at] else {
                at += 1
                continue
            }
            let forward = sameBytes(base, place, target, at)
            guard forward >= blockBytes else {
                at += 1
                continue
            }
            let back = sameBytesBefore(base, place, target, at, atMost: at - pending)
            appendInsert(target[pending..<(at - back)], to: &delta)
            appendCopy(from: place - back, count: back + forward, to: &delta)
            at += forward
            pending = at
        }
        guard delta.count + target.count - pending <= limit else { return nil }
        appendInsert(target[pending...], to: &delta)
        return delta.count <= limit ? delta : nil
    }

    /// How many bytes from two places on are the same.
    private static func sameBytes(
        _ left: UnsafeRawBufferPointer, _ leftStart: Int, _ right: UnsafeRawBufferPointer, _ rightStart: Int
    ) -> Int {
        let most = min(left.count - leftStart, right.count - rightStart)
        var count = 0
        while count + 8 <= most {
            let difference =
                left.loadUnaligned(fromByteOffset: leftStart + count, as: UInt64.self).littleEndian
                ^ right.loadUnaligned(fromByteOffset: rightStart + count, as: UInt64.self).littleEndian
            if difference != 0 { return count + difference.trailingZeroBitCount / 8 }
            count += 8
        }
        while count < most, left[leftStart + count] == right[rightStart + count] { count += 1 }
        return count
    }

    /// How many bytes right before two places are the same.
    private static func sameBytesBefore(
        _ left: UnsafeRawBufferPointer, _ leftEnd: Int, _ right: UnsafeRawBufferPointer, _ rightEnd: Int,
        atMost limit: Int
    ) -> Int {
        let most = min(leftEnd, rightEnd, limit)
        var count = 0
        while count < most, left[leftEnd - count - 1] == right[rightEnd - count - 1] { count += 1 }
        return count
    }

    // MARK: Instructions

    private static func append(size: Int, to delta: inout [UInt8]) {
        var rest = size
        while rest > 0x7F {
            delta.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        delta.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func appendInsert(_ bytes: Slice<UnsafeRawBufferPointer>, to delta: inout [UInt8]) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(insertBytes)
            delta.append(UInt8(truncatingIfNeeded: piece.count))
            delta.append(contentsOf: piece)
            rest = rest.dropFirst(piece.count)
        }
    }

    private static func appendCopy(from start: Int, count: Int, to delta: inout [UInt8]) {
        var start = start
        var rest = count
        while rest > 0 {
            let piece = min(rest, copyBytes)
            let at = delta.count
            delta.append(0)
            var opcode: UInt8 = 0x80
            for bit in 0..<4 {
                let byte = UInt8(truncatingIfNeeded: start >> (8 * bit))
                guard byte != 0 else { continue }
                opcode |= 1 << UInt8(bit)
                delta.append(byte)
            }
            // No length stands for the longest.
            for bit in 0..<2 where piece < copyBytes {
                let byte = UInt8(truncatingIfNeeded: piece >> (8 * bit))
                guard byte != 0 else { continue }
                opcode |= 0x10 << UInt8(bit)
                delta.append(byte)
            }
            delta[at] = opcode
            start += piece
            rest -= piece
        }
    }

    // MARK: Finding

    /// Where blocks of a base stand, by their content: of several with one hash, the first.
    private struct Places: ~Copyable {
        private let table: UnsafeMutableBufferPointer<UInt32>
        private let shift: UInt64
        private let blockBytes: Int

        init(of base: UnsafeRawBufferPointer, blockBytes: Int) {
            self.blockBytes = blockBytes
            let blocks = base.count / blockBytes
            // Twice as many buckets as blocks, at most.
            let bits = UInt64(max(4, Int.bitWidth - blocks.leadingZeroBitCount))
            shift = 64 - bits
            table = .allocate(capacity: 1 << Int(bits))
            table.initialize(repeating: 0)
            for block in stride(from: blocks - 1, through: 0, by: -1) {
                table[Self.hash(base, block * blockBytes, shift)] = UInt32(truncatingIfNeeded: block + 1)
            }
        }

        deinit { table.deallocate() }

        /// Where in the base the block may stand that starts at a place of another object.
        subscript(bytes: UnsafeRawBufferPointer, at: Int) -> Int? {
            let block = table[Self.hash(bytes, at, shift)]
            return block == 0 ? nil : (Int(block) - 1) * blockBytes
        }

        private static func hash(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ shift: UInt64) -> Int {
            let low = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let high = bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self).littleEndian
            let mixed = (low &* 0x9E37_79B9_7F4A_7C15) ^ (high &* 0xC2B2_AE3D_27D4_EB4F)
            return Int(truncatingIfNeeded: ((mixed ^ mixed >> 29) &* 0x1656_67B1_9E37_79F9) >> shift)
        }
    }
}
