import Foundation
import Objects
import TestSupport
import Testing

@testable import Capsules

/// Tables of contents give what was put into them, or nothing.
@Suite struct ContentTableTests {
    private func tree(_ number: UInt8) throws -> ObjectID {
        try #require(ObjectID(bytes: [UInt8](repeating: number, count: ObjectID.byteCount)))
    }

    private func entry(_ number: UInt8, _ manifest: String) throws -> ContentTable.Entry {
        let sum = SHA256Hasher.hash(of: [number])
        return ContentTable.Entry(
            digest: ContentDigest(sha256: sum), size: UInt64(number) << 40, manifest: Array(manifest.utf8))
    }

    private func sample() throws -> ContentTable {
        var table = ContentTable()
        table.add(try entry(1, "{}"), of: try tree(1))
        table.add(try entry(2, ""), of: try tree(2))
        table.add(try entry(3, String(repeating: "x", count: 3000)), of: try tree(3))
        return table
    }

    private func decoded(_ bytes: [UInt8]) -> ContentTable? { bytes.withUnsafeBytes { ContentTable(decoding: $0) } }

    @Test func comesBack() throws {
        let table = try sample()
        let found = try #require(decoded(table.encoded(first: [try tree(3)])))
        #expect(found.trees == [try tree(3), try tree(1), try tree(2)], "what was used comes first")
        for number: UInt8 in 1...3 {
            #expect(try found[tree(number)] == table[tree(number)])
            #expect(try found[tree(number)] != nil)
        }
        #expect(try found[tree(4)] == nil)
        #expect(decoded(ContentTable().encoded(first: []))?.trees == [])
    }

    @Test func whatIsDamagedIsNone() throws {
        let bytes = try sample().encoded(first: [])
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(decoded(damaged) == nil, "byte \(place)")
            #expect(decoded(Array(bytes[..<place])) == nil, "cut at \(place)")
        }
        // With the right checksum, lengths that lead out of the file are still none.
        var lying = Array(bytes.dropLast(TableCursor.checksumBytes))
        let length = ContentTable.magic.count + ObjectID.byteCount + SHA256Digest.byteCount + 8
        lying[length + 3] = 0xFF
        TableCursor.finish(&lying)
        #expect(decoded(lying) == nil)
    }

    @Test func staysBelowItsLimit() throws {
        var table = ContentTable()
        let manifest = String(repeating: "m", count: 1 << 20)
        for number: UInt8 in 0..<20 { table.add(try entry(number, manifest), of: try tree(number)) }
        let bytes = table.encoded(first: [try tree(19)])
        #expect(bytes.count <= ContentTable.limit)
        let kept = try #require(decoded(bytes))
        #expect(kept.trees.first == (try tree(19)))
        #expect(kept.trees.count == 7)
    }
}
