import Foundation
import TestSupport
import Testing

@testable import Objects

/// Nothing of a push that was not finished stays, and nothing that is under way is disturbed.
struct QuarantineTests {
    private let folder: TemporaryDirectory
    private let repository: Repository
    private var objects: String { "\(repository.path)/objects" }

    init() throws {
        folder = try TemporaryDirectory()
        repository = try GitFixture.bare(folder.appending("r.git"))
    }

    private func left() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: objects).filter { $0.hasPrefix("incoming-") }
    }

    @Test func goesWithItsOwner() throws {
        var quarantine: Quarantine? = try Quarantine(in: objects)
        #expect(try left().count == 1)
        #expect(quarantine != nil)
        quarantine = nil
        #expect(try left().isEmpty)
    }

    @Test func abandonedReceiverLeavesNothing() throws {
        do {
            let receiver = try QuarantineReceiver(into: repository)
            try receiver.receive(Array("PACK".utf8))
            #expect(try left().count == 1)
        }
        try GitFixture.expectUntouched(repository)
    }

    @Test func sweepTakesWhatTheDeadLeftAndNothingElse() throws {
        let alive = try Quarantine(in: objects)
        // As a killed process leaves it: a lock file that nobody has locked.
        try folder.write("r.git/objects/incoming-dead/lock", text: "")
        try folder.write("r.git/objects/incoming-dead/pack/receiving.pack", text: "PACK")
        // Killed before the lock file was made, or after it was removed.
        try FileManager.default.createDirectory(atPath: "\(objects)/incoming-bare", withIntermediateDirectories: false)
        #expect(try Quarantine.sweep(objects) == 2)
        let name = try #require(alive.path.split(separator: "/").last)
        #expect(try left() == [String(name)])
        #expect(try Quarantine.sweep(objects) == 0)
    }

    @Test func sweepersAndReceiversSideBySide() async throws {
        let source = try GitFixture.history(in: folder, commits: 2, seed: 1)
        let pack = try GitFixture.pack(["--revs", "--stdout"], "HEAD\n", in: source)
        let path = repository.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let repository = try Repository(opening: path)
                    for _ in 0..<15 { try GitFixture.receive(pack, into: repository) }
                }
            }
            group.addTask { for _ in 0..<300 { try Quarantine.sweep("\(path)/objects") } }
            try await group.waitForAll()
        }
        try GitFixture.expectSound(repository)
        #expect(try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory).count == 2)
    }

    /// Killed between the two renames: the sweep that finds the rest finishes it.
    @Test func sweepFinishesAHalfPublishedPack() throws {
        let source = try GitFixture.history(in: folder, commits: 2, seed: 1)
        try GitFixture.receive(GitFixture.pack(["--revs", "--stdout"], "HEAD\n", in: source), into: repository)
        let packs = repository.packDirectory
        let names = try FileManager.default.contentsOfDirectory(atPath: packs)
        let index = try #require(names.first { $0.hasSuffix(".idx") })
        let stem = index.dropLast(4)
        let dead = "\(objects)/incoming-dead"
        try folder.write("r.git/objects/incoming-dead/lock", text: "")
        try FileManager.default.createDirectory(atPath: "\(dead)/pack", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: "\(packs)/\(index)", toPath: "\(dead)/pack/\(index)")
        // Of a pack that is not there, and of one that is there beside it: both go.
        try folder.write("r.git/objects/incoming-dead/pack/pack-0.idx", text: "x")
        try folder.write("r.git/objects/incoming-other/lock", text: "")
        try folder.write("r.git/objects/incoming-other/pack/\(index)", text: "x")
        try folder.write("r.git/objects/incoming-other/pack/\(stem).pack", text: "x")
        #expect(try Quarantine.sweep(objects) == 2)
        #expect(try left().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: packs).sorted() == names.sorted())
        try GitFixture.expectSound(repository)
    }

    @Test func packWithoutItsIndexIsCompleted() throws {
        let source = try GitFixture.history(in: folder, commits: 2, seed: 1)
        let pack = try GitFixture.pack(["--revs", "--stdout"], "HEAD\n", in: source)
        try GitFixture.receive(pack, into: repository)
        // As a crash between the two renames leaves it.
        let names = try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory)
        let index = try #require(names.first { $0.hasSuffix(".idx") })
        try FileManager.default.removeItem(atPath: "\(repository.packDirectory)/\(index)")
        #expect(try GitFixture.objectCount(of: repository) == 0)
        try GitFixture.receive(pack, into: repository)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory).sorted() == names.sorted())
        try GitFixture.expectSound(repository)
    }

    @Test func callsInTheWrongOrder() throws {
        let receiver = try QuarantineReceiver(into: repository)
        #expect(throws: AmxError.self) { try receiver.publish() }
        receiver.discard()
        #expect(throws: AmxError.self) { try receiver.receive([1]) }
        #expect(throws: AmxError.self) { _ = try receiver.finish() }
        receiver.discard()
        try GitFixture.expectUntouched(repository)
    }
}
