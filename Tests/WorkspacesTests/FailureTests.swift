import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// What goes wrong on the way leaves everything as it was.
@Suite struct FailureTests {
    @Test func aSwitchThatFailsHalfwayIsTakenBack() throws {
        let work = try CutOffTests.TwoBranches()
        let repository = try work.capsule.existingRepository()
        let branch = try #require(RefName(branch: "topic"))
        // The references refuse, when the form has been changed already.
        for form in [Form.directory, .packed] {
            let (workspace, capsule) = (work.fixture.workspace, work.capsule)
            if form == .packed { _ = try workspace.write { () throws(AmxError) in try capsule.pack() } }
            let transition = Transition(
                from: work.topic.commit, to: work.main.commit, branch: branch, advances: .missing)
            let error = #expect(throws: AmxError.self) { try capsule.perform(transition, in: repository) }
            #expect(error?.code == .conflict)
            #expect(try capsule.content().files == work.topicFiles)
            #expect(try capsule.status().branch == "topic")
            try work.check()
        }
    }

    @Test func aSwitchOfTheWorkspaceThatFailsHalfwayIsTakenBack() throws {
        let team = try DivergedTeam(ours: ["two"], theirs: ["one"])
        let (workspace, files) = (team.workspace, try team.workspace.files())
        let repository = try files.existingRepository()
        let branch = try #require(RefName(branch: "topic"))
        let target = try #require(try repository.refs.snapshot()[branch]?.id)
        let position = try files.position(in: repository)
        let head = try #require(position.head)
        let (before, entries) = (try team.contents(), try #require(try files.lock(at: target, in: repository)).capsules)
        let refs = try [team.one, team.two].map { try $0.existingRepository().refs.snapshot().refs.map(\.id) }
        // The workspace's own references refuse, when the capsules have gone already.
        let own = Transition(from: position.base, to: target, branch: position.branch, advances: .missing)
        let error = #expect(throws: AmxError.self) {
            try workspace.write { () throws(AmxError) in
                let steps = try files.steps(
                    to: entries, from: head, branch: position.branch, in: repository)
                try workspace.perform(
                    CapsuleMoves(steps: steps), then: own, of: files, in: repository, as: .workspaceSwitch, ["topic"],
                    by: .system)
            }
        }
        #expect(error?.code == .conflict)
        #expect(try team.contents() == before)
        #expect(!Directory.exists(workspace.pendingPath(TransitionGroup.note)))
        #expect(try [team.one, team.two].map { try $0.existingRepository().refs.snapshot().refs.map(\.id) } == refs)
        try team.check("main")
        try team.switch(to: "topic")
        try team.check("topic")
    }

    @Test func aFolderWithoutFilesIsNotInTheWay() throws {
        let work = try CutOffTests.TwoBranches()
        let root = work.fixture.workspace.directoryPath(work.capsule.id)
        for folder in ["swap/empty/deep", "Case.txt/empty"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        try work.switch(to: "main")
        try work.check()
    }

    @Test func ignoredFilesInsideAFolderThatBecomesAFileAreKept() throws {
        let work = try CutOffTests.TwoBranches()
        try work.fixture.write(work.capsule, ".amxignore", "*.log\n")
        try work.fixture.commit(work.capsule)
        try work.fixture.write(work.capsule, "swap/deep/run.log", "mine\n")
        let error = #expect(throws: AmxError.self) { try work.switch(to: "main") }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("swap/deep/run.log") == true)
        #expect(try work.fixture.folder.read("knowledge/capsules/a/swap/deep/run.log") == Array("mine\n".utf8))
    }

    /// A file system that fills up while the new files are written: with limits on the sizes of files, in a copy of this process.
    @Test func aFullDiskChangesNothing() throws {
        let work = try CutOffTests.TwoBranches()
        try work.fixture.write(work.capsule, "large.txt", String(repeating: "0123456789abcdef", count: 20_000))
        let topic = try #require(try work.fixture.commit(work.capsule))
        let files = try work.capsule.content().files
        try work.switch(to: "main")
        try work.fixture.kill(after: 3_000_000) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            setrlimit(__rlimit_resource_t(1), &limit)
            do { try work.switch(to: "topic") } catch { _exit(0) }
        }
        #expect(!Directory.exists(work.fixture.workspace.pendingPath(work.capsule.noteName)))
        #expect(try work.capsule.content().files == work.mainFiles)
        try work.check()
        try work.switch(to: "topic")
        #expect(try work.capsule.content().files == files)
        #expect(try work.capsule.status().head == topic.commit)
    }

    @Test func filesThatComeAndGoWhileTheyAreCommitted() async throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let root = fixture.workspace.directoryPath(capsule.id)
        let writer = Task.detached {
            var round = 0
            while !Task.isCancelled {
                round += 1
                for name in ["x", "y"] {
                    try? Data("\(name) \(round) ".utf8 + Array(repeating: 0x61, count: round % 5_000)).write(
                        to: URL(filePath: "\(root)/\(name)"))
                }
                if round.isMultiple(of: 3) { try? FileManager.default.removeItem(atPath: "\(root)/x") }
                await Task.yield()
            }
        }
        for _ in 0..<25 {
            guard let commit = try? fixture.commit(capsule) else { continue }
            // Whatever was taken, the digest is that of the tree.
            let repository = try capsule.existingRepository()
            #expect(try repository.digest(ofTree: commit.tree) == commit.digest)
        }
        writer.cancel()
        await writer.value
        _ = try fixture.commit(capsule)
        #expect(try capsule.status().state == .clean)
        #expect(try fixture.git(capsule, "fsck", "--strict", "--no-dangling") == "")
    }

    @Test func importRefusesWhatACommitWouldRefuse() throws {
        let fixture = try WorkspaceFixture()
        let skill = try TemporaryDirectory()
        try skill.write("SKILL.md", text: "---\nname: big\ndescription: Too much.\n---\n")
        let path = try skill.write("data.bin", [])
        truncate(path, off_t(Limits.standard.objectBytes) + 1)
        let error = #expect(throws: AmxError.self) {
            try fixture.workspace.write { () throws(AmxError) in
                try fixture.workspace.importFolder(skill.path, id: nil, author: nil)
            }
        }
        #expect(error?.message.contains("data.bin") == true)
        #expect(try fixture.workspace.capsuleIDs() == [])
        #expect(try fixture.litter() == [])
    }
}
