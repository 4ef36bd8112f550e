import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct StatusTests {
    @Test func aRepositoryWithoutBranchesIsMissing() throws {
        let fixture = try WorkspaceFixture()
        let capsule = fixture.workspace.capsule(try CapsuleID("a"))
        _ = try Repository.create(at: fixture.workspace.repositoryPath(capsule.id))
        let status = try capsule.status()
        #expect(status.state == .missing)
        #expect(status.head == nil && status.form == nil && status.problem == nil)
        // As after a first commit that was cut off: nothing is in the way of another.
        let second = try fixture.new("b")
        _ = try Repository.create(at: fixture.workspace.repositoryPath(second.id))
        #expect(try second.status().state == .new)
        #expect(try fixture.commit(second) != nil)
    }

    @Test func aCapsuleThatCannotBeReadHidesNoOther() throws {
        let fixture = try WorkspaceFixture()
        let capsules = try ["a", "b", "c", "d"].map { try fixture.new($0) }
        for capsule in capsules { try fixture.commit(capsule) }
        let directory = { fixture.workspace.directoryPath(capsules[$0].id) }
        try FileManager.default.createSymbolicLink(atPath: directory(0) + "/link", withDestinationPath: "x")
        try fixture.folder.write(".aimatrix/store/b.git/HEAD", text: "nonsense\n")
        try FileManager.default.removeItem(atPath: directory(2))
        try fixture.folder.write("knowledge/capsules/c.kc", text: "no archive")
        try fixture.folder.write("knowledge/capsules/Notes.txt", text: "mine")
        let inventory = try fixture.workspace.inventory()
        #expect(inventory.ids == capsules.map(\.id))
        #expect(inventory.strangers.map { $0.message.hasSuffix("Notes.txt is not named by a capsule id") } == [true])
        #expect(throws: AmxError.self) { try fixture.workspace.capsuleIDs() }
        let statuses = inventory.ids.map { fixture.workspace.capsule($0).statusOrProblem() }
        #expect(statuses.map { $0.problem == nil } == [false, false, false, true])
        #expect(statuses.map(\.state) == [.conflict, .conflict, .conflict, .clean])
        #expect(statuses.map(\.form) == [.directory, .directory, .packed, .directory])
        #expect(statuses[0].head != nil)
    }

    @Test func filesOfTheLastCommitAreContentEvenIfIgnored() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "keep.log", "kept\n")
        try fixture.write(capsule, "out/kept.bin", "kept\n")
        try fixture.commit(capsule)
        try fixture.write(capsule, ".amxignore", "*.log\nout/\n")
        let second = try #require(try fixture.commit(capsule))
        #expect(second.changes.map(\.path.string) == [".amxignore"])
        try fixture.write(capsule, "other.log", "ignored\n")
        try fixture.write(capsule, "out/other.bin", "ignored\n")
        try fixture.write(capsule, "out/keep.log", "ignored\n")
        #expect(try capsule.status().state == .clean)
        #expect(try capsule.content().ignored == ["other.log", "out/keep.log", "out/other.bin"])
        try fixture.write(capsule, "out/kept.bin", "changed\n")
        #expect(try capsule.status().changes.map(\.path.string) == ["out/kept.bin"])
        let third = try #require(try fixture.commit(capsule))
        #expect(third.changes.count == 1)
        try FileManager.default.removeItem(atPath: fixture.workspace.directoryPath(capsule.id) + "/keep.log")
        #expect(try capsule.status().changes.map { "\($0.status.letter) \($0.path.string)" } == ["D keep.log"])
    }

    @Test func emptyFoldersAreNoContent() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        let folder = fixture.workspace.directoryPath(capsule.id) + "/empty/deep"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(try capsule.status().state == .clean)
    }

    @Test func deepFoldersAreReadUpToTheLimit() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let deep = Array(repeating: "d", count: TreeRules.depth - 1).joined(separator: "/")
        try fixture.write(capsule, "\(deep)/file", "x")
        #expect(try fixture.commit(capsule) != nil)
        try fixture.write(capsule, "\(deep)/d/file", "x")
        #expect(throws: AmxError.self) { try capsule.status() }
    }

    /// A name in decomposed form is content as it is; the same in composed form beside it is refused, in both forms.
    @Test func namesAreTakenAsTheirBytes() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "cafe\u{301}.txt", "decomposed")
        let commit = try #require(try fixture.commit(capsule))
        #expect(commit.changes.contains { $0.path.bytes.elementsEqual("cafe\u{301}.txt".utf8) })
        _ = try fixture.workspace.write { () throws(AmxError) in try capsule.pack() }
        #expect(try capsule.status().state == .clean)
        _ = try fixture.workspace.write { () throws(AmxError) in try capsule.edit() }
        #expect(try capsule.status().state == .clean)
        try fixture.write(capsule, "caf\u{E9}.txt", "composed")
        #expect(throws: AmxError.self) { try capsule.content() }
    }
}
