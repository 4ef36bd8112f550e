import Objects
import Synchronization
import Testing
import Versions

@testable import Capsules

@Suite struct ManifestMemoryTests {
    /// A clock that a test moves.
    private final class FakeClock: Sendable {
        private let time = Atomic<Int64>(7)
        func advance(_ nanoseconds: Int64) { time.add(nanoseconds, ordering: .relaxed) }
        func now() -> Int64 { time.load(ordering: .relaxed) }
    }

    private static func entry(_ id: String, _ version: String, tree: Int = 1) throws -> LockedCapsule {
        func object(_ number: Int) throws -> ObjectID {
            let hex = String(number, radix: 16)
            return try #require(ObjectID(hex: String(repeating: "0", count: 40 - hex.count) + hex))
        }
        let digest = try #require(ContentDigest("sha256:" + String(repeating: "0", count: 64)))
        return LockedCapsule(
            id: try CapsuleID(id), version: try #require(SemanticVersion(version)), line: .tag("v\(version)"),
            commit: try object(9), tree: try object(tree), digest: digest, source: .workspace, requestedBy: [])
    }

    private static func manifest(_ id: String, _ version: String) throws -> Manifest {
        try Manifest.parse(Array(#"{"id": "\#(id)", "name": "N", "version": "\#(version)"}"#.utf8))
    }

    /// A memory, and what it asked for.
    private struct Subject {
        let memory: ManifestMemory
        var asked = 0

        init(_ clock: FakeClock = FakeClock()) { memory = ManifestMemory { clock.now() } }

        /// Looks a version up; `isThere` says whether there is something to find.
        @discardableResult
        mutating func look(_ id: String, _ version: String, tree: Int = 1, isThere: Bool = true) throws -> String? {
            let entry = try ManifestMemoryTests.entry(id, version, tree: tree)
            let manifest = try ManifestMemoryTests.manifest(id, version)
            var asked = 0
            let found = try memory.manifest(of: entry) {
                asked += 1
                return isThere ? manifest : nil
            }
            self.asked += asked
            return found?.version.text
        }
    }

    @Test func aNameIsLookedForOnceInFiveMinutes() throws {
        let clock = FakeClock()
        var subject = Subject(clock)
        #expect(try subject.look("a", "1.0.0") == "1.0.0" && subject.asked == 1)
        clock.advance(299_999_999_999)
        #expect(try subject.look("a", "1.0.0") == "1.0.0" && subject.asked == 1)
        // Being asked for makes it no younger.
        clock.advance(1)
        #expect(try subject.look("a", "1.0.0") == "1.0.0" && subject.asked == 2)
        clock.advance(1)
        #expect(try subject.look("a", "1.0.0") == "1.0.0" && subject.asked == 2)
    }

    @Test func thatThereIsNoneIsNotRemembered() throws {
        var subject = Subject()
        #expect(try subject.look("a", "1.0.0", isThere: false) == nil)
        #expect(try subject.look("a", "1.0.0", isThere: false) == nil && subject.asked == 2)
        #expect(try subject.look("a", "1.0.0") == "1.0.0" && subject.asked == 3)
    }

    @Test func anotherTreeIsAnotherContent() throws {
        var subject = Subject()
        try subject.look("a", "1.0.0", tree: 1)
        try subject.look("a", "1.0.0", tree: 2)
        try subject.look("a", "1.0.0", tree: 2)
        #expect(subject.asked == 2)
        try subject.look("a", "1.0.0", tree: 1)
        #expect(subject.asked == 3)
    }

    @Test func forgettingIsExact() throws {
        var subject = Subject()
        let names = [("a", "1.0.0"), ("a", "1.1.0"), ("a.b", "1.0.0"), ("b", "1.0.0"), ("aa", "1.0.0")]
        for (id, version) in names { try subject.look(id, version) }
        subject.memory.forget(try CapsuleID("a"))
        #expect(subject.asked == 5)
        for (id, version) in names { try subject.look(id, version) }
        #expect(subject.asked == 7)
        subject.memory.forget(try CapsuleID("nothing"))
        for (id, version) in names { try subject.look(id, version) }
        #expect(subject.asked == 7)
    }

    @Test func theThousandAskedForLastAreRemembered() throws {
        var subject = Subject()
        for index in 0..<1000 { try subject.look("c\(index)", "1.0.0") }
        try subject.look("c0", "1.0.0")
        #expect(subject.asked == 1000)
        try subject.look("new", "1.0.0")
        #expect(subject.asked == 1001)
        // The least lately asked for was not the first one any more.
        try subject.look("c0", "1.0.0")
        #expect(subject.asked == 1001)
        try subject.look("c1", "1.0.0")
        #expect(subject.asked == 1002)
    }

    @Test func aBlobIsParsedOnceForEver() throws {
        let clock = FakeClock()
        let memory = ManifestMemory { clock.now() }
        let blob = try #require(ObjectID(hex: String(repeating: "a", count: 40)))
        func read(_ text: String) throws -> String {
            try memory.manifest(in: blob, file: "a/manifest.json") { Array(text.utf8) }.version.text
        }
        // What is none is told each time.
        for _ in 0..<2 { #expect(throws: AmxError.self) { try read("{") } }
        #expect(try read(#"{"id": "a", "name": "N", "version": "1.0.0"}"#) == "1.0.0")
        clock.advance(.max / 2)
        memory.forget(try CapsuleID("a"))
        #expect(try read("{") == "1.0.0")
        #expect(memory.parsed == 1)
    }
}
