import Foundation
import TestSupport
import Testing

@testable import Objects

/// What a repository would hold after a push is sound, and within the limits, before anything is published.
struct IncomingObjectsTests {
    private let folder: TemporaryDirectory
    private let repository: Repository
    private var bytes = PackBytes()

    init() throws {
        folder = try TemporaryDirectory()
        repository = try GitFixture.bare(folder.appending("r.git"))
    }

    private typealias Ground = ObjectFormTests.Ground

    private mutating func commit(_ tree: ObjectID) throws -> ObjectID {
        try bytes.add(.commit, Array(Ground.commit(tree).utf8))
    }

    private func refusal(_ limits: Limits = .standard, tips: [ObjectID] = []) throws -> String {
        let start = ProcessorTime.now
        let error = try #require(throws: AmxError.self) {
            try GitFixture.receive(bytes.pack(), into: repository, tips: tips.map(\.hex), limits: limits)
        }
        #expect(ProcessorTime.now - start < .seconds(2))
        try GitFixture.expectUntouched(repository)
        return error.message
    }

    /// Ten levels of ten names each: ten thousand million paths in eleven objects.
    @Test mutating func treesThatMultiply() throws {
        var tree = try bytes.add(.tree, Ground.entry("100644", "f", bytes.add(.blob, [1])))
        for _ in 0..<10 {
            tree = try bytes.add(.tree, (0..<10).flatMap { Ground.entry("40000", "d\($0)", tree) })
        }
        _ = try commit(tree)
        #expect(bytes.pack().count < 3000)
        #expect(try refusal().contains("'entries' is 50000"))
    }

    /// Sums that would pass 63 bits are refused, not added.
    @Test mutating func treesThatOverflow() throws {
        var limits = Limits()
        limits.entries = .max
        limits.expandedBytes = .max
        var tree = try bytes.add(.tree, Ground.entry("100644", "f", bytes.add(.blob, [1])))
        for _ in 0..<63 {
            tree = try bytes.add(.tree, Ground.entry("40000", "a", tree) + Ground.entry("40000", "b", tree))
        }
        _ = try commit(tree)
        #expect(try refusal(limits).contains("too many files"))
    }

    @Test(arguments: [(63, true), (64, false), (5000, false)])
    mutating func depth(folders: Int, accepted: Bool) throws {
        var tree = try bytes.add(.tree, Ground.entry("100644", "f", bytes.add(.blob, [1])))
        for _ in 0..<folders { tree = try bytes.add(.tree, Ground.entry("40000", "d", tree)) }
        _ = try commit(tree)
        if accepted {
            try GitFixture.receive(bytes.pack(), into: repository)
        } else {
            #expect(try refusal().contains("64 components"))
        }
    }

    @Test(arguments: [(203, true), (204, false)])
    mutating func pathLength(last: Int, accepted: Bool) throws {
        // Four folders of 204 bytes with their slashes, then the file: 1,020 + 4 bytes are the most.
        let name = String(repeating: "n", count: 204)
        let file = String(repeating: "f", count: last + 1)
        var tree = try bytes.add(.tree, Ground.entry("100644", file, bytes.add(.blob, [1])))
        for _ in 0..<4 { tree = try bytes.add(.tree, Ground.entry("40000", name, tree)) }
        _ = try commit(tree)
        if accepted {
            try GitFixture.receive(bytes.pack(), into: repository)
        } else {
            #expect(try refusal().contains("1024 bytes"))
        }
    }

    @Test mutating func entriesAndSizes() throws {
        var limits = Limits()
        limits.entries = 3
        limits.expandedBytes = 3000
        let blob = try bytes.add(.blob, [UInt8](repeating: 1, count: 1000))
        let small = try bytes.add(.blob, [1])
        let three = try bytes.add(.tree, ["a", "b", "c"].flatMap { Ground.entry("100644", $0, blob) })
        _ = try commit(three)
        try GitFixture.receive(bytes.pack(), into: repository, limits: limits)
        // Old objects count in a new tree.
        bytes = PackBytes()
        _ = try commit(bytes.add(.tree, Ground.entry("100644", "a", small) + Ground.entry("40000", "d", three)))
        let many = try #require(throws: AmxError.self) {
            try GitFixture.receive(bytes.pack(), into: repository, limits: limits)
        }
        #expect(many.message.contains("'entries' is 3"))
        limits.entries = 10
        let large = try #require(throws: AmxError.self) {
            try GitFixture.receive(bytes.pack(), into: repository, limits: limits)
        }
        #expect(large.message.contains("'expandedBytes' is 3000"))
    }

    @Test mutating func objectsThatNobodyNamesAreCheckedToo() throws {
        let tip = try Ground().commit
        bytes = try Ground().bytes
        let nowhere = try #require(ObjectID(bytes: [UInt8](1...20)))
        try bytes.add(.tree, Ground.entry("100644", "a", nowhere))
        #expect(try refusal(tips: [tip]).contains("neither in the pack nor here"))
    }

    @Test mutating func tipsMustBeThere() throws {
        bytes = try Ground().bytes
        let nowhere = try #require(ObjectID(bytes: [UInt8](1...20)))
        #expect(try refusal(tips: [nowhere]).contains(nowhere.hex))
    }

    @Test mutating func bothSidesAreRead() throws {
        let ground = try Ground()
        try GitFixture.receive(ground.bytes.pack(), into: repository, tips: [ground.commit.hex])
        let blob = try bytes.add(.blob, [2])
        let tree = try bytes.add(.tree, ground.file("a") + Ground.entry("100644", "b", blob))
        let tip = try commit(tree)
        let receiver = try QuarantineReceiver(into: repository)
        try receiver.receive(bytes.pack())
        let incoming = try receiver.finish()
        try incoming.check(tips: [tip, ground.commit])
        #expect(incoming.isNew(tip) && !incoming.isNew(ground.commit))
        #expect(incoming.new(.tree) == [tree])
        #expect(try incoming.reader.files(ofTree: tree).map(\.id) == [ground.blob, blob])
        #expect(try incoming.header(ground.commit)?.kind == .commit)
        #expect(try repository.header(tip) == nil)
        try receiver.publish()
        #expect(try repository.header(tip)?.kind == .commit)
    }

    // MARK: Thin packs

    private static let first = Array("the first of two texts that are kept here\n".utf8)
    private static let second = Array("the second of two texts that are kept here\n".utf8)

    private func fill() throws -> (first: ObjectID, second: ObjectID) {
        var old = PackBytes()
        let ids = (try old.add(.blob, Self.first), try old.add(.blob, Self.second))
        try GitFixture.receive(old.pack(), into: repository)
        return ids
    }

    /// The sender did not know that the base of its second delta is here as well.
    @Test mutating func baseThatIsHereAndInThePack() throws {
        let (first, second) = try fill()
        try bytes.add(delta: PackBytes.insert(Self.second, baseSize: Self.first.count), against: first)
        try bytes.add(delta: PackBytes.insert([5], baseSize: Self.second.count), against: second)
        try bytes.add(delta: PackBytes.insert([6], baseSize: 1), against: PackBytes.id(.blob, [5]))
        #expect(try GitFixture.receive(bytes.pack(), into: repository).count == 3)
        try GitFixture.expectSound(repository)
        #expect(try GitFixture.objectCount(of: repository) == 4)
    }

    /// Each delta could be resolved from the repository, but not from the pack alone.
    @Test mutating func circleOfDeltasWhoseObjectsAreHere() throws {
        let (first, second) = try fill()
        try bytes.add(delta: PackBytes.insert(Self.second, baseSize: Self.first.count), against: first)
        try bytes.add(delta: PackBytes.insert(Self.first, baseSize: Self.second.count), against: second)
        let error = try #require(throws: AmxError.self) { try GitFixture.receive(bytes.pack(), into: repository) }
        #expect(error.message.contains("deltaDepth"))
        try GitFixture.expectSound(repository)
    }

    @Test mutating func basesThatMakeAThinPackTooLarge() throws {
        let (first, _) = try fill()
        try bytes.add(delta: PackBytes.insert([5], baseSize: Self.first.count), against: first)
        var limits = Limits()
        limits.packBytes = bytes.pack().count + 10
        let error = try #require(throws: AmxError.self) {
            try GitFixture.receive(bytes.pack(), into: repository, limits: limits)
        }
        #expect(error.message.contains("with its bases"))
        #expect(error.hint?.contains("--no-thin") == true)
        try GitFixture.expectSound(repository)
    }
}
