import Foundation
import TestSupport
import Testing

@testable import Objects

/// Packs that nobody sends by mistake: each is refused for what is wrong with it, and leaves nothing behind.
struct HostilePackTests {
    private static let text = Array("some text that is long enough\n".utf8)

    /// A pack and words of the error it must get.
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let words: String
        var limits = Limits.standard
        let build: @Sendable (inout PackBytes) throws -> [UInt8]
        var testDescription: String { name }

        init(
            _ name: String, _ words: String, limits: Limits = .standard,
            _ build: @escaping @Sendable (inout PackBytes) throws -> [UInt8]
        ) {
            self.name = name
            self.words = words
            self.limits = limits
            self.build = build
        }
    }

    static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits.standard
        change(&limits)
        return limits
    }

    static let cases: [Case] = [
        Case("wrong magic", "does not start with") { $0.pack(magic: "PACX") },
        Case("version 1", "version 1") { $0.pack(version: 1) },
        Case("version 4", "version 4") { $0.pack(version: 4) },
        Case("four thousand million objects", "packObjects") { $0.pack(declared: 0xFFFF_FFFF) },
        Case("many objects declared, none there", "object 1 at byte 12") { $0.pack(declared: 4_000_000) },
        Case("one object too many declared", "object 2 at byte") {
            try $0.add(.blob, text)
            return $0.pack(declared: 2)
        },
        Case("one object too few declared", "checksum") {
            try $0.add(.blob, text)
            try $0.add(.blob, [1])
            return $0.pack(declared: 1)
        },
        Case("bytes after the end", "after its end") { $0.pack() + [0] },
        Case("wrong checksum", "checksum") { $0.pack().dropLast() + [0xAA] },
        Case("type 0", "type 0") {
            $0.add(raw: PackBytes.header(0, 3) + (try PackBytes.deflate([1, 2, 3])))
            return $0.pack()
        },
        Case("type 5", "type 5") {
            $0.add(raw: PackBytes.header(5, 3) + (try PackBytes.deflate([1, 2, 3])))
            return $0.pack()
        },
        Case("endless size", "ten bytes") {
            $0.add(raw: [UInt8](repeating: 0xBF, count: 40))
            return $0.pack()
        },
        Case("size of 2^66", "objectBytes") {
            $0.add(raw: [0xBF] + [UInt8](repeating: 0xFF, count: 8) + [0x7F])
            return $0.pack()
        },
        Case("declares more than it has", "declares 100") {
            try $0.add(.blob, text, declaring: 100)
            return $0.pack()
        },
        Case("declares less than it has", "larger than the 3 bytes") {
            try $0.add(.blob, text, declaring: 3)
            return $0.pack()
        },
        Case("declares nothing and has a megabyte", "larger than the 0 bytes") {
            try $0.add(.blob, [UInt8](repeating: 0, count: 1 << 20), declaring: 0)
            return $0.pack()
        },
        Case("no zlib stream", "not a zlib stream") {
            $0.add(raw: PackBytes.header(3, 4) + [1, 2, 3, 4, 5, 6, 7, 8])
            return $0.pack()
        },
        Case("object over the limit", "'objectBytes' is 1000", limits: limits { $0.objectBytes = 1000 }) {
            try $0.add(.blob, [UInt8](repeating: 1, count: 1001))
            return $0.pack()
        },
        Case("pack over the limit", "'packBytes' is 100", limits: limits { $0.packBytes = 100 }) {
            var random = SeededGenerator(seed: 1)
            try $0.add(.blob, random.bytes(200))
            return $0.pack()
        },
        Case("too many objects", "'packObjects' is 1", limits: limits { $0.packObjects = 1 }) {
            try $0.add(.blob, [1])
            try $0.add(.blob, [2])
            return $0.pack()
        },
        Case("expands too far", "'packExpandedBytes' is 5000", limits: limits { $0.packExpandedBytes = 5000 }) {
            for byte in UInt8(0)..<6 { try $0.add(.blob, [UInt8](repeating: byte, count: 1000)) }
            return $0.pack()
        },
        Case("bomb of 90 MiB", "'compressionRatio' is 200") {
            try $0.add(.blob, [UInt8](repeating: 0, count: 90 << 20))
            return $0.pack()
        },
        Case("bomb in small pieces", "'compressionRatio' is 200") {
            for byte in UInt8(0)..<20 { try $0.add(.blob, [UInt8](repeating: byte, count: 1 << 20)) }
            return $0.pack()
        },
        Case("delta at distance 0", "not an entry before it") {
            try $0.add(delta: PackBytes.insert([1], baseSize: 1), distance: 0)
            return $0.pack()
        },
        Case("delta before the pack", "not an entry before it") {
            try $0.add(.blob, text)
            try $0.add(delta: PackBytes.insert([1], baseSize: text.count), distance: 9999)
            return $0.pack()
        },
        Case("delta into an entry's middle", "not an entry before it") {
            let start = $0.position
            try $0.add(.blob, text)
            try $0.add(delta: PackBytes.insert([1], baseSize: text.count), distance: $0.position - start - 1)
            return $0.pack()
        },
        Case("delta at an endless distance", "distance is too large") {
            $0.add(raw: PackBytes.header(6, 4) + [UInt8](repeating: 0xFF, count: 12))
            return $0.pack()
        },
        Case("delta without sizes", "no sizes") {
            try $0.add(delta: [], against: .zero)
            return $0.pack()
        },
        Case("delta with endless sizes", "no sizes") {
            try $0.add(delta: [UInt8](repeating: 0xFF, count: 40), against: .zero)
            return $0.pack()
        },
        Case("delta for a base of another size", "base of another size") {
            let start = $0.position
            try $0.add(.blob, text)
            try $0.add(delta: PackBytes.insert([1], baseSize: text.count + 1), distance: $0.position - start)
            return $0.pack()
        },
        Case("delta by id for a base of another size", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.insert([1], baseSize: text.count + 1), against: base)
            return $0.pack()
        },
        Case("delta that copies from beyond its base", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(text.count + 1, baseSize: text.count), against: base)
            return $0.pack()
        },
        Case("delta that gives less than it declares", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(3, baseSize: text.count, declaring: 4), against: base)
            return $0.pack()
        },
        Case("delta that gives more than it declares", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(3, times: 2, baseSize: text.count, declaring: 5), against: base)
            return $0.pack()
        },
        Case("delta with the reserved instruction", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.number(text.count) + [1, 0], against: base)
            return $0.pack()
        },
        Case("delta with a cut-off instruction", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.number(text.count) + [3, 0x91, 0], against: base)
            return $0.pack()
        },
        Case("delta with a huge result", "'objectBytes'") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(3, baseSize: text.count, declaring: 1 << 40), against: base)
            return $0.pack()
        },
        Case("delta with a large result and nothing in it", "does not fit its base") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(3, baseSize: text.count, declaring: 90 << 20), against: base)
            return $0.pack()
        },
        Case("deltas that multiply", "'packExpandedBytes'", limits: limits { $0.packExpandedBytes = 1 << 30 }) {
            let content = [UInt8](repeating: 7, count: 1 << 20)
            let base = try $0.add(.blob, content)
            for times in 60..<90 {
                try $0.add(delta: PackBytes.copy(1 << 20, times: times, baseSize: 1 << 20), against: base)
            }
            return $0.pack()
        },
        Case("missing base", "neither in it nor here") {
            try $0.add(delta: PackBytes.insert([1], baseSize: 1), against: PackBytes.id(.blob, [9]))
            return $0.pack()
        },
        Case("delta against itself", "neither in it nor here") {
            try $0.add(delta: PackBytes.insert([1, 2], baseSize: 2), against: PackBytes.id(.blob, [1, 2]))
            return $0.pack()
        },
        Case("two deltas against each other", "neither in it nor here") {
            try $0.add(delta: PackBytes.insert([1, 2], baseSize: 2), against: PackBytes.id(.blob, [3, 4]))
            try $0.add(delta: PackBytes.insert([3, 4], baseSize: 2), against: PackBytes.id(.blob, [1, 2]))
            return $0.pack()
        },
        Case("same object twice", "stands in it twice") {
            try $0.add(.blob, text)
            try $0.add(.blob, text)
            return $0.pack()
        },
        Case("a delta that gives its own base", "stands in it twice") {
            let base = try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(text.count, baseSize: text.count), against: base)
            return $0.pack()
        },
        Case("a base that stands twice and has a delta", "stands in it twice") {
            let base = try $0.add(.blob, text)
            try $0.add(.blob, text)
            try $0.add(delta: PackBytes.copy(3, baseSize: text.count), against: base)
            return $0.pack()
        },
        Case("51 deltas by distance", "'deltaDepth' is 50") {
            var start = $0.position
            try $0.add(.blob, text)
            for number in UInt8(0)..<51 {
                let next = $0.position
                try $0.add(
                    delta: PackBytes.insert([number], baseSize: number == 0 ? text.count : 1), distance: next - start)
                start = next
            }
            return $0.pack()
        },
        Case("51 deltas by id", "'deltaDepth' is 50") {
            var base = try $0.add(.blob, text)
            for number in UInt8(0)..<51 {
                try $0.add(delta: PackBytes.insert([number], baseSize: number == 0 ? text.count : 1), against: base)
                base = try PackBytes.id(.blob, [number])
            }
            return $0.pack()
        },
        Case("a tree of 20 MB", "the most is") {
            var random = SeededGenerator(seed: 1)
            try $0.add(.tree, random.bytes(20 << 20))
            return $0.pack()
        },
    ]

    @Test(arguments: cases) func isRefused(_ hostile: Case) throws {
        let folder = try TemporaryDirectory()
        let repository = try GitFixture.bare(folder.appending("r.git"))
        var bytes = PackBytes()
        let pack = try hostile.build(&bytes)
        let start = ProcessorTime.now
        let error = try #require(throws: AmxError.self) {
            try GitFixture.receive(pack, into: repository, limits: hostile.limits)
        }
        #expect(error.message.contains(hostile.words), "\(error)")
        #expect(error.hint != nil)
        #expect(ProcessorTime.now - start < .seconds(20))
        try GitFixture.expectUntouched(repository)
    }

    @Test func fiftyDeltasAreAllowed() throws {
        let folder = try TemporaryDirectory()
        let repository = try GitFixture.bare(folder.appending("r.git"))
        var bytes = PackBytes()
        var base = try bytes.add(.blob, Self.text)
        for number in UInt8(0)..<50 {
            try bytes.add(
                delta: PackBytes.insert([number], baseSize: number == 0 ? Self.text.count : 1), against: base)
            base = try PackBytes.id(.blob, [number])
        }
        #expect(try GitFixture.receive(bytes.pack(), into: repository).count == 51)
        #expect(try GitFixture.objectCount(of: repository) == 51)
        try GitFixture.expectSound(repository)
    }

    /// libgit2's indexer takes time quadratic in the length of such a chain.
    @Test func deltasBeforeTheirBasesCostNoMore() throws {
        let folder = try TemporaryDirectory()
        let repository = try GitFixture.bare(folder.appending("r.git"))
        let count = 20_000
        let objects = (0..<count).map { Array("object number \($0)".utf8) }
        let ids = try objects.map { try PackBytes.id(.blob, $0) }
        var bytes = PackBytes()
        for index in (0..<count).reversed() {
            // Stars of 40 around chains: no chain is longer than 50.
            if index % 1000 == 0 {
                try bytes.add(.blob, objects[index])
            } else {
                let base = index - index % 1000 + (index % 1000 - 1) / 40
                try bytes.add(
                    delta: PackBytes.insert(objects[index], baseSize: objects[base].count), against: ids[base])
            }
        }
        let start = ProcessorTime.now
        #expect(try GitFixture.receive(bytes.pack(), into: repository).count == count)
        #expect(ProcessorTime.now - start < .seconds(30))
        try GitFixture.expectSound(repository)
    }

    /// Large bases that are needed again and again are let go and made anew.
    @Test func basesBeyondTheBudgetAreMadeAnew() throws {
        let folder = try TemporaryDirectory()
        let repository = try GitFixture.bare(folder.appending("r.git"))
        var random = SeededGenerator(seed: 3)
        let size = 12 << 20
        var content = random.bytes(size)
        var bytes = PackBytes()
        var base = try bytes.add(.blob, content)
        for number in UInt8(0)..<9 {
            // Two leaves on each base, then a delta that goes on: 10 bases of 12 MiB are more than the budget.
            for leaf in UInt8(0)..<2 {
                try bytes.add(delta: PackBytes.insert([number, leaf], baseSize: size), against: base)
            }
            content.replaceSubrange(0..<1, with: [number])
            var delta = PackBytes.number(size) + PackBytes.number(size) + [1, number]
            delta +=
                [0xFF] + [1, 0, 0, 0] + [
                    UInt8((size - 1) & 0xFF), UInt8((size - 1) >> 8 & 0xFF), UInt8((size - 1) >> 16),
                ]
            try bytes.add(delta: delta, against: base)
            base = try PackBytes.id(.blob, content)
        }
        #expect(try GitFixture.receive(bytes.pack(), into: repository).count == 28)
        try GitFixture.expectSound(repository)
    }

    @Test func memoryStaysBounded() throws {
        let folder = try TemporaryDirectory()
        let repository = try GitFixture.bare(folder.appending("r.git"))
        // A gigabyte of zeroes, one object after the other, in a megabyte.
        var bytes = PackBytes()
        let deflated = try PackBytes.deflate([UInt8](repeating: 0, count: 90 << 20))
        for _ in 0..<11 { bytes.add(raw: PackBytes.header(3, 90 << 20) + deflated) }
        let pack = bytes.pack()
        var limits = Limits()
        limits.compressionRatio = 1 << 20
        let before = Self.residentBytes()
        var most = 0
        let receiver = try QuarantineReceiver(into: repository, limits: limits)
        for start in stride(from: 0, to: pack.count, by: 1 << 14) {
            try receiver.receive(Array(pack[start..<min(start + 1 << 14, pack.count)]))
            most = max(most, Self.residentBytes())
        }
        #expect(receiver.isComplete)
        // Other tests run beside this one.
        #expect(most - before < 400 << 20)
        #expect(throws: AmxError.self) { _ = try receiver.finish() }
        try GitFixture.expectUntouched(repository)
    }

    private static func residentBytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }
}
