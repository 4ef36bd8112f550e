import TestSupport
import Testing

@testable import Objects

/// Deflating whole buffers, with zlib's inflate as the oracle.
struct DeflaterTests {
    private func roundTrip(_ content: [UInt8], _ deflater: Deflater) throws -> Int {
        let stream = try content.withUnsafeBytes { Array(try deflater.deflate($0)) }
        let back = try stream.withUnsafeBytes { try Inflater.content(of: $0) }
        #expect(back == content)
        return stream.count
    }

    /// The sizes stand on both sides of where pieces of the buffer decide, and of a stored block's 65,535 bytes.
    @Test(arguments: [0, 1, 50, 51, 52, 300, 16_384, 65_535, 65_536, 65_537, 200_000, 3_000_000])
    func whatHardlyShrinksIsStored(size: Int) throws {
        let deflater = try Deflater()
        var random = SeededGenerator(seed: UInt64(size))
        let stored = try roundTrip(random.bytes(size), deflater)
        #expect(stored >= size && stored <= size + 11 + 5 * (size / 65_535 + 1))
        let text = Array("all of these lines are alike, or nearly so: ".utf8)
        let repeated = (0..<size).map { text[$0 % text.count] }
        let deflated = try roundTrip(repeated, deflater)
        if size >= 300 { #expect(deflated < size / 2) }
    }

    /// Numbers of which only the high bytes are alike shrink by less than a tenth.
    @Test func floatsAreStored() throws {
        var random = SeededGenerator(seed: 7)
        var bytes: [UInt8] = []
        for _ in 0..<50_000 {
            withUnsafeBytes(of: Float.random(in: -1...1, using: &random)) { bytes.append(contentsOf: $0) }
        }
        let size = try roundTrip(bytes, Deflater())
        #expect(size >= bytes.count)
    }

    @Test func aBufferAfterALargerOneIsItsOwn() throws {
        let deflater = try Deflater()
        let large = try roundTrip([UInt8](repeating: 65, count: 1_000_000), deflater)
        let small = try roundTrip([UInt8](repeating: 66, count: 1_000), deflater)
        #expect(large > small)
        #expect(try roundTrip([UInt8](repeating: 65, count: 1_000_000), deflater) == large)
    }
}
