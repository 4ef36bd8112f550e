import CZlib

/// Parses a pack while it arrives and refuses it at the first byte that is wrong or passes a limit.
///
/// Every entry is inflated: its size is the declared one, and compression ratio, delta sizes, delta depth (of offset deltas)
/// and the sum of all sizes stay within the limits. The trailing SHA-1 is compared. Nothing is taken on trust that the
/// header declares, so memory is about 200 KiB plus 56 bytes for each entry that has arrived (80 for deltas that name
/// their base by id). Not for use by several threads at once.
///
/// Source: gitformat-pack(5).
final class PackScanner {
    private enum State {
        case header, entryHeader, offsetBase, referenceBase, body, trailer, ended
    }

    let limits: Limits
    private(set) var entries: [PackEntry] = []
    /// The ids of the entries; ``ObjectID/zero`` for deltas.
    private(set) var ids: [ObjectID] = []
    /// The base ids of the deltas that name them, in order.
    private(set) var references: [ObjectID] = []
    /// The inflated bytes so far, with the declared results of deltas.
    private(set) var expanded = 0
    /// The bytes of the pack so far.
    private(set) var position = 0
    /// The SHA-1 that ends the pack.
    private(set) var trailer = ObjectID.zero

    private let sink: any PackScannerSink
    private let inflater: Inflater
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private let checksum = PackChecksum()
    private var state = State.header
    private var field: [UInt8] = []
    private var declared = 0
    private var entry = PackEntry(offset: 0, size: 0, objectSize: 0, form: .whole)
    private var produced = 0
    private var consumed = 0
    private var allProduced = 0
    private var allConsumed = 0
    private var deltaStart: [UInt8] = []

    init(limits: Limits, sink: any PackScannerSink) throws(AmxError) {
        self.limits = limits
        self.sink = sink
        inflater = try Inflater()
    }

    deinit { output.deallocate() }

    /// Whether the trailer has been seen and is right.
    var isComplete: Bool { state == .ended }

    /// Parses the next bytes and returns how many belong to the pack: all, unless it ends before them.
    func scan(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> Int {
        var rest = bytes
        while !rest.isEmpty, state != .ended {
            let count = try step(rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return bytes.count - rest.count
    }

    private func step(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> Int {
        switch state {
        case .header:
            return try collect(12, bytes) { field throws(AmxError) in try self.readHeader(field) }
        case .entryHeader:
            return try readEntryHeader(bytes)
        case .offsetBase:
            return try readOffsetBase(bytes)
        case .referenceBase:
            return try collect(ObjectID.byteCount, bytes) { field throws(AmxError) in
                self.references.append(ObjectID(bytes: field) ?? .zero)
                try self.beginBody()
            }
        case .body:
            return try readBody(bytes)
        case .trailer:
            return try readTrailer(bytes)
        case .ended:
            return 0
        }
    }

    /// Accounts for bytes of the pack before the trailer.
    private func take(_ bytes: UnsafeRawBufferPointer, _ count: Int) throws(AmxError) {
        guard count <= limits.packBytes - position else {
            throw PackRefusal.over("it is larger than one pack may be", limit: limits.packBytes, setting: "packBytes")
        }
        let taken = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        checksum.update(taken)
        if state != .header, let base = taken.baseAddress {
            entry.checksum = UInt32(
                truncatingIfNeeded: crc32_z(UInt(entry.checksum), base.assumingMemoryBound(to: UInt8.self), count))
        }
        position += count
    }

    /// Gathers a field of fixed length, whatever pieces it comes in.
    private func collect(
        _ length: Int, _ bytes: UnsafeRawBufferPointer, _ done: ([UInt8]) throws(AmxError) -> Void
    ) throws(AmxError) -> Int {
        let count = min(length - field.count, bytes.count)
        try take(bytes, count)
        field.append(contentsOf: bytes[..<count])
        guard field.count == length else { return count }
        let complete = field
        field.removeAll(keepingCapacity: true)
        try done(complete)
        return count
    }

    private func readHeader(_ field: [UInt8]) throws(AmxError) {
        guard field.starts(with: "PACK".utf8) else { throw PackRefusal.malformed("it does not start with 'PACK'") }
        let numbers = field.dropFirst(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let version = numbers >> 32
        guard version == 2 || version == 3 else { throw PackRefusal.malformed("its version \(version) is unknown") }
        declared = Int(numbers & 0xFFFF_FFFF)
        guard declared <= min(limits.packObjects, Int(UInt32.max >> 1)) else {
            throw PackRefusal.over("it declares \(declared) objects", limit: limits.packObjects, setting: "packObjects")
        }
        nextEntry()
    }

    private func nextEntry() {
        state = entries.count == declared ? .trailer : .entryHeader
        entry = PackEntry(offset: UInt64(position), size: 0, objectSize: 0, form: .whole)
        produced = 0
        consumed = 0
    }

    // MARK: Entry headers

    /// Takes bytes of a number into `field` up to the first without the high bit, or all there are; counts those taken.
    private func readVarint(
        _ bytes: UnsafeRawBufferPointer, atMost limit: Int, _ refusal: String
    ) throws(AmxError) -> (count: Int, isComplete: Bool) {
        var count = 0
        var isComplete = false
        while count < bytes.count, !isComplete {
            field.append(bytes[count])
            isComplete = bytes[count] & 0x80 == 0
            count += 1
            guard field.count <= limit else { throw malformed(refusal) }
        }
        try take(bytes, count)
        return (count, isComplete)
    }

    private func readEntryHeader(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> Int {
        let (count, isComplete) = try readVarint(bytes, atMost: 10, "its size takes more than ten bytes")
        guard isComplete, let first = field.first else { return count }
        var size = UInt64(first & 0x0F)
        for (index, byte) in field.dropFirst().enumerated() {
            let bits = UInt64(byte & 0x7F)
            let shift = UInt64(4 + 7 * index)
            guard bits.leadingZeroBitCount >= Int(shift) + 1 else { throw tooLarge() }
            size |= bits << shift
        }
        field.removeAll(keepingCapacity: true)
        guard size <= UInt64(min(max(limits.objectBytes, 0), Int(UInt32.max) - 1)) else { throw tooLarge() }
        entry.size = UInt32(size)
        entry.objectSize = entry.size
        try expand(by: Int(size))
        switch first >> 4 & 7 {
        case 1: entry.kind = .commit
        case 2: entry.kind = .tree
        case 3: entry.kind = .blob
        case 4: entry.kind = .tag
        case 6:
            entry.form = .offsetDelta
            state = .offsetBase
            return count
        case 7:
            entry.form = .referenceDelta
            entry.base = UInt32(references.count)
            state = .referenceBase
            return count
        case let type: throw malformed("its type \(type) is unknown")
        }
        try beginBody()
        return count
    }

    private func readOffsetBase(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> Int {
        let (count, isComplete) = try readVarint(bytes, atMost: 9, "its base's distance is too large")
        guard isComplete, let first = field.first else { return count }
        var distance = UInt64(first & 0x7F)
        for byte in field.dropFirst() { distance = (distance + 1) << 7 | UInt64(byte & 0x7F) }
        field.removeAll(keepingCapacity: true)
        guard distance > 0, distance <= entry.offset, let base = index(at: entry.offset - distance) else {
            throw malformed("its base is not an entry before it")
        }
        entry.base = UInt32(base)
        let depth = Int(entries[base].depth) + 1
        guard depth <= limits.deltaDepth, let depth = UInt16(exactly: depth) else {
            throw PackRefusal.over("\(place) is a deeper delta", limit: limits.deltaDepth, setting: "deltaDepth")
        }
        entry.depth = depth
        try beginBody()
        return count
    }

    /// The entry that starts at an offset.
    private func index(at offset: UInt64) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }

    private func beginBody() throws(AmxError) {
        entry.headerLength = UInt8(truncatingIfNeeded: position - Int(entry.offset))
        inflater.reset()
        deltaStart.removeAll(keepingCapacity: true)
        if let kind = entry.kind { try sink.begin(kind, size: Int(entry.size)) }
        state = .body
    }

    // MARK: Entry data

    private func readBody(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> Int {
        var count = 0
        while true {
            guard let step = inflater.inflate(UnsafeRawBufferPointer(rebasing: bytes[count...]), into: output) else {
                throw malformed("its data is not a zlib stream")
            }
            count += step.consumed
            consumed += step.consumed
            allConsumed += step.consumed
            produced += step.produced
            allProduced += step.produced
            guard produced <= Int(entry.size) else {
                throw malformed("it is larger than the \(entry.size) bytes it declares")
            }
            try checkRatio()
            try deliver(UnsafeRawBufferPointer(rebasing: output[..<step.produced]))
            if step.ended {
                try take(bytes, count)
                try endEntry()
                return count
            }
            // All input is used and all output that it gives is out.
            if count == bytes.count, step.produced < output.count { break }
            guard step.consumed > 0 || step.produced > 0 else { throw malformed("its data does not end") }
        }
        try take(bytes, count)
        return count
    }

    private func deliver(_ content: UnsafeRawBufferPointer) throws(AmxError) {
        guard entry.kind == nil else { return try sink.content(content) }
        let missing = DeltaInstructions.sizesLength - deltaStart.count
        if missing > 0 { deltaStart.append(contentsOf: content.prefix(missing)) }
    }

    private func checkRatio() throws(AmxError) {
        for (output, input) in [(produced, consumed), (allProduced, allConsumed)]
        where output > limits.ratioFloorBytes && output / max(limits.compressionRatio, 1) > input {
            throw PackRefusal.over(
                "\(place) inflates too much", limit: limits.compressionRatio, setting: "compressionRatio")
        }
    }

    private func endEntry() throws(AmxError) {
        guard produced == Int(entry.size) else {
            throw malformed("it has \(produced) bytes and declares \(entry.size)")
        }
        if entry.kind != nil {
            ids.append(try sink.end())
        } else {
            ids.append(.zero)
            guard let sizes = deltaStart.withUnsafeBytes({ DeltaInstructions.sizes($0) }) else {
                throw malformed("its delta has no sizes")
            }
            guard sizes.result <= limits.objectBytes, let size = UInt32(exactly: sizes.result) else { throw tooLarge() }
            if entry.form == .offsetDelta, sizes.base != Int(entries[Int(entry.base)].objectSize) {
                throw malformed("its delta is for a base of another size")
            }
            entry.objectSize = size
            try expand(by: sizes.result)
        }
        entries.append(entry)
        nextEntry()
    }

    private func expand(by size: Int) throws(AmxError) {
        let (sum, overflow) = expanded.addingReportingOverflow(size)
        guard !overflow, sum <= limits.packExpandedBytes else {
            throw PackRefusal.over("it expands to more", limit: limits.packExpandedBytes, setting: "packExpandedBytes")
        }
        expanded = sum
    }

    // MARK: End

    private func readTrailer(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> Int {
        let count = min(ObjectID.byteCount - field.count, bytes.count)
        field.append(contentsOf: bytes[..<count])
        position += count
        guard field.count == ObjectID.byteCount else { return count }
        trailer = ObjectID(bytes: field) ?? .zero
        guard trailer == checksum.finish() else { throw PackRefusal.corrupt("its checksum does not fit its content") }
        state = .ended
        return count
    }

    private var place: String { "object \(entries.count + 1) at byte \(entry.offset)" }
    private func malformed(_ why: String) -> AmxError { PackRefusal.malformed("\(place) is malformed: \(why)") }
    private func tooLarge() -> AmxError {
        PackRefusal.over("\(place) is larger than one object may be", limit: limits.objectBytes, setting: "objectBytes")
    }
}
