import Capsules
import Objects

/// What stands at the start of a journal file: whose it is and where in the chain it goes on.
struct JournalHeader: Sendable, Hashable {
    /// The length in bytes.
    static let byteCount = 72
    private static let magic = Array("amx-journal-v1".utf8) + [0, 0]

    /// Whose events follow.
    let replica: ReplicaID
    /// The sequence before the first record.
    let base: Int64
    /// A random number that no other journal has: what is noted elsewhere about a journal names it.
    let generation: UInt64
    /// The chain's commit that ends with ``base``; nil before the first one.
    let commit: ObjectID?

    /// Describes a new journal.
    init(replica: ReplicaID, base: Int64, commit: ObjectID?) {
        (self.replica, self.base, self.commit) = (replica, base, commit)
        generation = .random(in: 1 ... .max)
    }

    /// The bytes; the last four are the checksum of the others.
    var encoded: [UInt8] {
        var bytes = Self.magic + replica.bytes
        bytes.append(littleEndian: UInt64(bitPattern: base))
        bytes.append(littleEndian: generation)
        bytes.append(contentsOf: (commit ?? .zero).bytes)
        bytes.append(littleEndian: CRC32C.checksum(of: bytes))
        return bytes
    }

    /// The checksum, with which those of the records start.
    var checksum: UInt32 { CRC32C.checksum(of: encoded.dropLast(4)) }

    /// Reads the start of a file; nil when it is not a journal's, or damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.byteCount, bytes.starts(with: Self.magic),
            let replica = ReplicaID(bytes: bytes[16..<32]),
            let commit = ObjectID(bytes: bytes[48..<68]),
            bytes.littleEndian(UInt32.self, at: 68) == CRC32C.checksum(of: bytes[..<68])
        else { return nil }
        self.replica = replica
        base = Int64(bitPattern: bytes.littleEndian(UInt64.self, at: 32))
        generation = bytes.littleEndian(UInt64.self, at: 40)
        self.commit = commit.isZero ? nil : commit
        guard (0...Event.lastSequence).contains(base) else { return nil }
    }
}

extension ReplicaID {
    /// A new id at random.
    static func random() -> ReplicaID? {
        let digits = (0..<Self.digits).map { _ in String(UInt8.random(in: 0...15), radix: 16) }
        return ReplicaID(digits.joined())
    }

    /// The id's sixteen bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in string.utf8 {
            let value = digit < 0x61 ? digit &- 0x30 : digit &- 0x57
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    /// The id of sixteen bytes; nil for any other number of them.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(bytes.map { "\(String($0 >> 4, radix: 16))\(String($0 & 15, radix: 16))" }.joined())
    }
}

extension [UInt8] {
    /// Appends a number, its lowest byte first.
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// The number at an offset, its lowest byte first; bytes beyond the end count as zero.
    func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        var number: Number = 0
        for index in 0..<(Number.bitWidth / 8) where offset + index < count {
            number |= Number(truncatingIfNeeded: self[offset + index]) << (8 * index)
        }
        return number
    }
}
