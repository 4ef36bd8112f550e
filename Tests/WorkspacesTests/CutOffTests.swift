import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Changes that a killed process has left half done: the next command, of whatever kind, meets the old state or the new one.
@Suite struct CutOffTests {
    /// A capsule with two branches whose contents differ in every way, at `topic`.
    struct TwoBranches {
        let fixture: WorkspaceFixture
        let capsule: WorkspaceCapsule
        let main: CommitResult
        let topic: CommitResult
        let mainFiles: [WorkingFile]
        let topicFiles: [WorkingFile]

        init() throws {
            fixture = try WorkspaceFixture()
            capsule = try fixture.new("a")
            try fixture.write(capsule, "swap", "a file\n")
            try fixture.write(capsule, "dir/inner/x", "x\n")
            try fixture.write(capsule, "mode.sh", "#!/bin/sh\n")
            try fixture.write(capsule, "empty", "")
            try fixture.write(capsule, "Case.txt", "case\n")
            try fixture.write(capsule, "ünïcödé näme.txt", "one\n")
            main = try #require(try fixture.commit(capsule))
            mainFiles = try capsule.content().files
            let (workspace, capsule) = (fixture.workspace, capsule)
            _ = try workspace.write { () throws(AmxError) in try capsule.switchBranch(to: "topic", create: true) }
            let root = workspace.directoryPath(capsule.id)
            for path in ["swap", "dir", "empty", "Case.txt"] {
                try FileManager.default.removeItem(atPath: "\(root)/\(path)")
            }
            try fixture.write(capsule, "swap/deep/er/y", "y\n")
            try fixture.write(capsule, "dir", "now a file\n")
            try fixture.write(capsule, "case.txt", "case\n")
            try fixture.write(capsule, "mode.sh", "#!/bin/sh\n", executable: true)
            try fixture.write(capsule, "ünïcödé näme.txt", "two\n")
            topic = try #require(try fixture.commit(capsule))
            topicFiles = try capsule.content().files
        }

        func `switch`(to name: String) throws {
            _ = try fixture.workspace.write { () throws(AmxError) in try capsule.switchBranch(to: name, create: false) }
        }

        /// What must hold after anything: one of the two states, whole, nothing left over.
        func check() throws {
            fixture.workspace.settle()
            let status = try capsule.status()
            #expect(status.state == .clean)
            let files = try capsule.content().files
            #expect(files == (status.branch == "main" ? mainFiles : topicFiles))
            #expect(status.head == (status.branch == "main" ? main.commit : topic.commit))
            try fixture.workspace.write { () throws(AmxError) in }
            #expect(try fixture.litter() == [])
            #expect(try fixture.git(capsule, "fsck", "--strict", "--no-dangling") == "")
        }
    }

    @Test func everyKindOfChangeGoesBothWays() throws {
        let work = try TwoBranches()
        for form in [Form.directory, .packed] {
            if form == .packed {
                _ = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.pack() }
            }
            for branch in ["main", "topic", "main", "topic"] {
                try work.switch(to: branch)
                #expect(try work.capsule.status().branch == branch)
                try work.check()
            }
        }
        #expect(try work.capsule.form() == .packed)
    }

    @Test(arguments: [Form.directory, .packed])
    func aKilledSwitchIsEndedOrUndone(form: Form) throws {
        let work = try TwoBranches()
        if form == .packed {
            _ = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.pack() }
        }
        var branches: Set<String> = []
        for moment in WorkspaceFixture.moments {
            let before = try work.capsule.status().branch
            let other = before == "main" ? "topic" : "main"
            try work.fixture.kill(after: moment) { try work.switch(to: other) }
            try work.check()
            branches.insert(try work.capsule.status().branch)
        }
        #expect(branches == ["main", "topic"])
    }

    @Test func aKilledCommitLosesNothing() throws {
        let work = try TwoBranches()
        var commits: Set<ObjectID?> = []
        for (round, moment) in WorkspaceFixture.moments.enumerated() {
            try work.fixture.write(work.capsule, "new/round.txt", "\(round)\n")
            let content = try work.capsule.content().files
            try work.fixture.kill(after: moment) { try work.fixture.commit(work.capsule) }
            #expect(try work.capsule.content().files == content)
            let status = try work.capsule.status()
            #expect([.clean, .modified].contains(status.state))
            commits.insert(status.head)
            try work.fixture.workspace.write { () throws(AmxError) in }
            #expect(try work.fixture.litter() == [])
            #expect(try work.fixture.git(work.capsule, "fsck", "--strict", "--no-dangling") == "")
            try work.fixture.commit(work.capsule)
            #expect(try work.capsule.status().state == .clean)
        }
        #expect(commits.count > 1)
    }

    @Test func aKilledChangeOfFormKeepsOneWholeForm() throws {
        let work = try TwoBranches()
        try work.fixture.write(work.capsule, "uncommitted.txt", "mine\n")
        let files = try work.capsule.content().files
        var forms: Set<Form?> = []
        for moment in WorkspaceFixture.moments {
            try work.fixture.kill(after: moment) {
                let (workspace, capsule) = (work.fixture.workspace, work.capsule)
                _ = try workspace.write { () throws(AmxError) in
                    try capsule.form() == .directory ? try capsule.pack() : try capsule.edit()
                }
            }
            work.fixture.workspace.settle()
            forms.insert(try work.capsule.form())
            #expect(try work.capsule.content().files == files)
            try work.fixture.workspace.write { () throws(AmxError) in }
            #expect(try work.fixture.litter() == [])
        }
        #expect(forms == [.directory, .packed])
    }

    @Test func aKilledNewCapsuleIsThereOrNot() throws {
        let fixture = try WorkspaceFixture()
        for (round, moment) in WorkspaceFixture.moments.enumerated() {
            let capsule = fixture.workspace.capsule(try CapsuleID("c\(round)"))
            try fixture.kill(after: moment) { try fixture.new(capsule.id.string) }
            try fixture.workspace.write { () throws(AmxError) in }
            #expect(try fixture.litter() == [])
            if try capsule.form() == nil { try fixture.new(capsule.id.string) }
            #expect(try fixture.commit(capsule) != nil)
        }
    }

    @Test func filesThatWereTouchedSinceAreLeftAlone() throws {
        let work = try TwoBranches()
        let branch = try #require(RefName(branch: "main"))
        let note = Transition(from: work.topic.commit, to: work.main.commit, branch: branch, advances: nil)
        try work.fixture.folder.write(".aimatrix/pending/a", note.encoded)
        try work.fixture.write(work.capsule, "mode.sh", "mine\n")
        work.fixture.workspace.settle()
        let status = try work.capsule.status()
        #expect(status.branch == "main")
        #expect(status.changes.map(\.path.string) == ["mode.sh"])
        #expect(try work.capsule.cat(nil, path: "mode.sh") == Array("mine\n".utf8))
    }

    @Test func aNoteThatIsNoneIsRemoved() throws {
        let work = try TwoBranches()
        for (name, bytes) in [
            ("a", []), ("a", Array("amx transition 1\nto".utf8)), (".tmp-1-x", [1]), ("a", [0xFF, 0]),
        ] {
            try work.fixture.folder.write(".aimatrix/pending/\(name)", bytes)
            try work.check()
        }
    }

    @Test func aChangeThatCannotBeEndedDoesNotStopOtherCapsules() throws {
        let work = try TwoBranches()
        let other = try work.fixture.new("b")
        let branch = try #require(RefName(branch: "main"))
        let gone = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
        let note = Transition(from: gone, to: work.main.commit, branch: branch, advances: nil)
        try work.fixture.folder.write(".aimatrix/pending/a", note.encoded)
        #expect(try work.fixture.commit(other) != nil)
        #expect(throws: AmxError.self) { try work.fixture.commit(work.capsule) }
        #expect(work.capsule.statusOrProblem().problem?.message.contains(gone.hex) == true)
        #expect(other.statusOrProblem().state == .clean)
    }

    /// The user made the directory, or the `.kc` file, that a cut-off conversion was about to make.
    @Test(arguments: [Form.directory, .packed])
    func aFormOfTheUsersOwnIsNeverRemoved(form: Form) throws {
        let work = try TwoBranches()
        let (workspace, id) = (work.fixture.workspace, work.capsule.id)
        let digest = try work.capsule.content().digest()
        _ = try work.capsule.export(nil, to: workspace.packedPath(id))
        try work.fixture.folder.write(
            ".aimatrix/pending/a", Conversion(to: form, digest: digest, inode: 1).encoded)
        workspace.settle()
        #expect(Directory.exists(workspace.packedPath(id)))
        #expect(Directory.isDirectory(workspace.directoryPath(id)))
        #expect(try work.capsule.status().state == .conflict)
    }
}
