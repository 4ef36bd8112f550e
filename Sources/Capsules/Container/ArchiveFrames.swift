import Objects
import Synchronization

/// The frames of a file with an index, each inflated as a whole and checked against the seek table.
///
/// The frame that was inflated last is kept, so that neighbours in the archive cost one inflation. Safe for several threads.
final class ArchiveFrames: Sendable {
    private struct Inflated {
        let number: Int
        let bytes: [UInt8]
    }

    let seekTable: SeekTable
    private let input: ContainerInput
    private let last = Mutex<Inflated?>(nil)
    private let inflations = Atomic<Int>(0)

    /// Takes frames whose sizes are within the format's bounds, or says which is not.
    init(_ seekTable: SeekTable, of input: ContainerInput) throws(AmxError) {
        for (number, frame) in seekTable.frames.enumerated() {
            guard (1...ContainerFormat.frameBytes).contains(frame.content.count) else {
                throw input.damage("the seek table's frame \(number) does not hold 1 byte to 1 MiB")
            }
            guard frame.region.count <= ContainerFormat.compressedFrameBytes, frame.checksum != nil else {
                throw input.damage("the seek table's frame \(number) is over 2 MiB or has no checksum")
            }
        }
        self.seekTable = seekTable
        self.input = input
    }

    /// How many frames were inflated so far.
    var inflationCount: Int { inflations.load(ordering: .relaxed) }

    /// The part of the archive in a frame.
    func bytes(ofFrame number: Int) throws(AmxError) -> [UInt8] {
        if let kept = last.withLock({ $0 }), kept.number == number { return kept.bytes }
        let bytes = try inflate(number, with: ZstdDecoder(windowLog: 27))
        last.withLock { $0 = Inflated(number: number, bytes: bytes) }
        return bytes
    }

    private func inflate(_ number: Int, with decoder: borrowing ZstdDecoder) throws(AmxError) -> [UInt8] {
        guard seekTable.frames.indices.contains(number) else {
            throw input.damage("the index points to frame \(number), which does not exist")
        }
        let frame = seekTable.frames[number]
        let compressed = try input.bytes(frame.region)
        guard LittleEndian.read(UInt32.self, from: compressed, at: compressed.count - 4) == frame.checksum else {
            throw input.damage("the checksum of frame \(number) is not the seek table's")
        }
        inflations.add(1, ordering: .relaxed)
        var reason: String?
        let size = frame.content.count
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
            reason = compressed.withUnsafeBytes { decoder.inflate($0, into: whole) }
            count = reason == nil ? size : 0
        }
        if let reason { throw input.damage("frame \(number) \(reason)") }
        return bytes
    }
}
