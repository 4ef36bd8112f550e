import TestSupport
import Testing

@testable import Objects

/// Deltas, with the reader that git's own deltas go through as the oracle.
struct DeltaEncoderTests {
    private func encode(_ target: [UInt8], from base: [UInt8], atMost limit: Int = .max) -> [UInt8]? {
        target.withUnsafeBytes { target in
            base.withUnsafeBytes { base in DeltaEncoder.encode(target, from: base, atMost: limit) }
        }
    }

    private func apply(_ delta: [UInt8], to base: [UInt8]) -> [UInt8]? {
        delta.withUnsafeBytes { delta in base.withUnsafeBytes { base in DeltaInstructions.apply(delta, to: base) } }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func whatIsEncodedIsMadeAgain(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sizes = [0, 1, 15, 16, 17, 127, 128, 1_000, 65_535, 65_536, 65_537, 90_000]
        let base = random.bytes(sizes[Int(seed) % sizes.count])
        var target = base
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let at = Int.random(in: 0...target.count, using: &random)
            let end = min(target.count, at + Int.random(in: 0...300, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: target.replaceSubrange(at..<end, with: [])
            case 1: target.insert(contentsOf: random.bytes(Int.random(in: 0...300, using: &random)), at: at)
            case 2: target.replaceSubrange(at..<end, with: random.bytes(end - at))
            default: target.insert(contentsOf: base.prefix(Int.random(in: 0...70_000, using: &random)), at: at)
            }
        }
        let delta = try #require(encode(target, from: base))
        #expect(apply(delta, to: base) == target)
        #expect(encode(target, from: base, atMost: 2 * delta.count + 64) == delta)
        let isCut = encode(target, from: base, atMost: delta.count - 1) == nil
        #expect(isCut)
        let back = try #require(encode(base, from: target))
        #expect(apply(back, to: target) == base)
    }

    @Test func aFewChangedRowsTakeAFewRows() throws {
        var random = SeededGenerator(seed: 80)
        let base = random.bytes(600_000)
        var target = base
        for _ in 0..<10 {
            let row = Int.random(in: 0..<100, using: &random) * 6_000
            target.replaceSubrange(row..<(row + 6_000), with: random.bytes(6_000))
        }
        let delta = try #require(encode(target, from: base))
        #expect(delta.count < 10 * 6_200)
        #expect(apply(delta, to: base) == target)
    }

    @Test func whatIsTheSameTakesNextToNothing() throws {
        let content = [UInt8](repeating: 7, count: 1_000_000)
        let delta = try #require(encode(content, from: content))
        #expect(delta.count < 100)
        #expect(apply(delta, to: content) == content)
        var random = SeededGenerator(seed: 81)
        let noise = random.bytes(10_000)
        #expect(encode(random.bytes(10_000), from: noise, atMost: 5_000) == nil)
        // A long run whose blocks are all alike, at other places.
        let other = random.bytes(33) + content + random.bytes(5)
        let shifted = try #require(encode(other, from: content, atMost: 1_000))
        #expect(apply(shifted, to: content) == other)
    }
}
