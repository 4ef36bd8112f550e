import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct BranchTests {
    private func switchBranch(
        _ fixture: WorkspaceFixture, _ capsule: WorkspaceCapsule, _ name: String, create: Bool = false
    )
        throws
    {
        _ = try fixture.workspace.write { () throws(AmxError) in
            try capsule.switchBranch(to: name, create: create)
        }
    }

    @Test(arguments: [Form.directory, .packed])
    func switchingBringsTheContentOfTheBranch(form: Form) throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "folder/only-main.txt", "main\n")
        try fixture.commit(capsule)
        let main = try capsule.content().entries
        try switchBranch(fixture, capsule, "topic", create: true)
        try fixture.write(capsule, "README.md", "topic\n")
        try FileManager.default.removeItem(atPath: fixture.workspace.directoryPath(capsule.id) + "/folder")
        try fixture.commit(capsule)
        let topic = try capsule.content().entries
        if form == .packed { _ = try fixture.workspace.write { () throws(AmxError) in try capsule.pack() } }
        for _ in 0..<2 {
            try switchBranch(fixture, capsule, "main")
            #expect(try capsule.content().entries == main)
            #expect(try capsule.form() == form)
            #expect(try capsule.status().state == .clean)
            try switchBranch(fixture, capsule, "topic")
            #expect(try capsule.content().entries == topic)
        }
        #expect(try capsule.branches().map(\.name) == ["main", "topic"])
        #expect(try fixture.git(capsule, "symbolic-ref", "HEAD") == "refs/heads/topic")
        #expect(try fixture.git(capsule, "fsck", "--strict") == "")
    }

    @Test func uncommittedChangesAreNeverLost() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        try switchBranch(fixture, capsule, "topic", create: true)
        try fixture.write(capsule, "README.md", "topic\n")
        try fixture.commit(capsule)
        try fixture.write(capsule, "README.md", "not committed\n")
        let error = #expect(throws: AmxError.self) { try switchBranch(fixture, capsule, "main") }
        #expect(error?.code == .conflict)
        #expect(try capsule.cat(nil, path: "README.md") == Array("not committed\n".utf8))
    }

    @Test func ignoredFilesInTheWayAreNeverLost() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        try switchBranch(fixture, capsule, "topic", create: true)
        try fixture.write(capsule, "cache/data", "committed\n")
        try fixture.commit(capsule)
        try switchBranch(fixture, capsule, "main")
        try fixture.write(capsule, ".amxignore", "cache/\n")
        try fixture.commit(capsule)
        try fixture.write(capsule, "cache/data", "mine\n")
        let error = #expect(throws: AmxError.self) { try switchBranch(fixture, capsule, "topic") }
        #expect(error?.code == .conflict)
        #expect(try fixture.folder.read("knowledge/capsules/a/cache/data") == Array("mine\n".utf8))
        // Packing would lose them too.
        let packing = #expect(throws: AmxError.self) {
            try fixture.workspace.write { () throws(AmxError) in try capsule.pack() }
        }
        #expect(packing?.code == .conflict)
    }

    @Test func creatingKeepsUncommittedChanges() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        try fixture.write(capsule, "README.md", "edited\n")
        try switchBranch(fixture, capsule, "topic", create: true)
        #expect(try capsule.status().changes.map(\.path.string) == ["README.md"])
        #expect(try capsule.status().branch == "topic")
    }

    @Test func unknownAndBadBranches() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        #expect(throws: AmxError.self) { try switchBranch(fixture, capsule, "nowhere") }
        for name in ["", "a..b", "-x", "a b", "x.lock", "HEAD", "a//b", "@{", "ü\u{7}"] {
            let error = #expect(throws: AmxError.self) { try switchBranch(fixture, capsule, name, create: true) }
            #expect(error?.code == .failure, "\(name)")
        }
        let taken = #expect(throws: AmxError.self) { try switchBranch(fixture, capsule, "main", create: true) }
        #expect(taken?.code == .conflict)
    }

    @Test func aSwitchThatWasCutOffIsFinished() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let first = try #require(try fixture.commit(capsule))
        try fixture.write(capsule, "README.md", "two\n")
        try fixture.write(capsule, "extra.txt", "two\n")
        let second = try #require(try fixture.commit(capsule))
        // As if killed after the note and the first file of a change back to the first commit.
        let branch = try #require(RefName(branch: "main"))
        let note = Transition(from: second.commit, to: first.commit, branch: branch, advances: .id(second.commit))
        try fixture.folder.write(".aimatrix/pending/a", note.encoded)
        try FileManager.default.removeItem(atPath: fixture.workspace.directoryPath(capsule.id) + "/extra.txt")
        try fixture.workspace.write { () throws(AmxError) in }
        #expect(try capsule.status().state == .clean)
        #expect(try capsule.status().head == first.commit)
        #expect(!Directory.exists(fixture.workspace.pendingPath(capsule.noteName)))
    }
}
