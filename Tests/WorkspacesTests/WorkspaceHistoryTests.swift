import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// The workspace's own history, and what its lock does with capsules.
@Suite struct WorkspaceHistoryTests {
    /// A workspace with two capsules and two branches whose contents differ, on `try`.
    private struct Team {
        let fixture: WorkspaceFixture
        let one: WorkspaceCapsule
        let two: WorkspaceCapsule

        init() throws {
            fixture = try WorkspaceFixture()
            one = try fixture.new("one")
            two = try fixture.new("two")
            try fixture.folder.write("agents/a.md", text: "a\n")
            try commit("Start")
            let workspace = fixture.workspace
            _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "try", create: true) }
            try fixture.write(one, "knowledge/x.md", "x\n")
            try fixture.folder.write("agents/b.md", text: "b\n")
            try commit("Try")
        }

        @discardableResult
        func commit(_ message: String) throws -> WorkspaceCommitResult {
            let workspace = fixture.workspace
            return try workspace.write { () throws(AmxError) in
                try workspace.commit(
                    [one, two], files: workspace.files(), message: message, identity: fixture.identity)
            }
        }

        func `switch`(to name: String) throws {
            let workspace = fixture.workspace
            _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: name, create: false) }
        }

        /// The branch, after everything about it has been looked at.
        func check() throws -> String {
            fixture.workspace.settle()
            let report = try fixture.workspace.report()
            #expect(report.problem == nil && report.moved.isEmpty && report.files.state == .clean)
            for capsule in [one, two] {
                #expect(try capsule.status().state == .clean)
                #expect(try fixture.git(capsule, "fsck", "--strict", "--no-dangling") == "")
            }
            let isTry = report.files.branch == "try"
            #expect(Directory.exists("\(fixture.workspace.root)/agents/b.md") == isTry)
            #expect(Directory.exists("\(one.directoryPath)/knowledge/x.md") == isTry)
            #expect(
                try Tool.git(
                    ["fsck", "--strict", "--no-dangling"], in: fixture.workspace.filesRepositoryPath) == "")
            #expect(try fixture.litter() == [])
            return report.files.branch
        }
    }

    @Test func leavesAloneWhatBothBranchesLockAlike() throws {
        let team = try Team()
        let workspace = team.fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "twin", create: true) }
        // Ahead of what both lock, and something not committed.
        try team.fixture.write(team.two, "knowledge/y.md", "y\n")
        try team.fixture.commit(team.two)
        let head = try team.two.status().head
        try team.fixture.write(team.two, "knowledge/z.md", "z\n")
        // All three lock this capsule alike, and the other one is elsewhere on main.
        for name in ["try", "twin", "main"] {
            try team.switch(to: name)
            #expect(try team.two.status().head == head && workspace.report().files.branch == name)
            #expect(Directory.exists("\(team.two.directoryPath)/knowledge/z.md"))
            #expect(Directory.exists("\(team.one.directoryPath)/knowledge/x.md") == (name != "main"))
        }
    }

    @Test func goesToABranchWithItsCapsules() throws {
        let team = try Team()
        for name in ["main", "try", "main"] {
            try team.switch(to: name)
            #expect(try team.check() == name)
        }
        // The lock is what makes it so, and writing it again changes nothing.
        let (old, new) = try team.fixture.workspace.renewedLock()
        #expect(old == new)
        #expect(try team.commit("Again").files == nil)
    }

    @Test func aKilledSwitchIsBroughtToItsEnd() throws {
        let team = try Team()
        var branches: Set<String> = []
        for moment in WorkspaceFixture.moments {
            let other = try team.check() == "main" ? "try" : "main"
            try team.fixture.kill(after: moment) { try team.switch(to: other) }
            try team.fixture.workspace.write { () throws(AmxError) in }
            branches.insert(try team.check())
        }
        #expect(branches == ["main", "try"])
    }

    @Test func aKilledCommitIsAllOrNone() throws {
        let team = try Team()
        var made = 0
        var moments = WorkspaceFixture.moments
        var round = 0
        while round < moments.count {
            let moment = moments[round]
            round += 1
            for capsule in [team.one, team.two] { try team.fixture.write(capsule, "knowledge/round.md", "\(round)\n") }
            let before = try [team.one, team.two].map { try $0.status().head }
            try team.fixture.kill(after: moment) { try team.commit("Round") }
            team.fixture.workspace.settle()
            let after = try [team.one, team.two].map { try $0.status().head }
            let files = try team.fixture.workspace.report()
            if before != after {
                made += 1
                #expect(zip(before, after).allSatisfy { $0 != $1 })
                #expect(files.files.state == .clean && files.moved.isEmpty)
            } else {
                #expect(files.moved.isEmpty)
            }
            try team.commit("Rest")
            #expect(try team.check() == "try")
            // A busy machine may need longer for the first one that comes through.
            if round == moments.count, made == 0, moment < 5_000_000 { moments.append(moment * 2) }
        }
        #expect(made > 0)
    }

    @Test func losesNothing() throws {
        let team = try Team()
        // A change of the files, then one of a capsule, then a commit that the workspace has not recorded.
        try team.fixture.folder.write("agents/c.md", text: "c\n")
        #expect(throws: AmxError.self) { try team.switch(to: "main") }
        try team.commit("c")
        try team.fixture.write(team.one, "knowledge/y.md", "y\n")
        #expect(throws: AmxError.self) { try team.switch(to: "main") }
        try team.fixture.commit(team.one)
        let error = try #require(throws: AmxError.self) { try team.switch(to: "main") }
        #expect(error.code == .conflict && error.message.contains("has not recorded"))
        #expect(try team.fixture.workspace.files().status().branch == "try")
        try team.commit("y")
        try team.switch(to: "main")
        #expect(try team.check() == "main")
        try team.switch(to: "try")
        #expect(Directory.exists("\(team.one.directoryPath)/knowledge/y.md"))
    }

    /// What a branch's lock says of a capsule that a switch refuses to bring out, before anything has changed.
    @Test(arguments: ["absent", "link", "digest", "tree"]) func bringsOutNothingThatNoDoorWouldTake(_ what: String)
        throws
    {
        let team = try Team()
        let workspace = team.fixture.workspace
        let lock = try #require(try workspace.lock())
        let old = try #require(lock[team.one.id])
        var (commit, tree, digest) = (old.commit, old.tree, old.digest)
        func object(_ text: String) throws -> ObjectID { try #require(ObjectID(hex: text)) }
        switch what {
        case "absent": commit = try object(String(repeating: "1", count: 40))
        case "link":
            let link = try Tool.git(
                ["hash-object", "-w", "--stdin"], in: team.one.repositoryPath, input: Array("/etc/passwd".utf8))
            let entries = try team.fixture.git(team.one, "ls-tree", old.commit.hex) + "\n120000 blob \(link)\tzzz\n"
            tree = try object(Tool.git(["mktree"], in: team.one.repositoryPath, input: Array(entries.utf8)))
            commit = try object(
                team.fixture.git(team.one, "commit-tree", "-p", old.commit.hex, "-m", "Link", tree.hex))
        case "tree": tree = try object(team.fixture.git(team.one, "rev-parse", "main~1^{tree}"))
        default: digest = try #require(lock[team.two.id]).digest
        }
        let entry = LockedCapsule(
            id: old.id, version: old.version, line: old.line, commit: commit, tree: tree, digest: digest,
            source: old.source, requestedBy: old.requestedBy)
        try branch("odd", with: lock.capsules.map { $0.id == entry.id ? entry : $0 }, in: workspace)
        try team.switch(to: "main")
        let error = try #require(throws: AmxError.self) { try team.switch(to: "odd") }
        switch what {
        case "absent": #expect(error.code == .notFound && error.hint?.contains("amx fetch one") == true)
        case "link": #expect(error.code == .failure && error.message.contains("zzz"))
        default: #expect(error.code == .verification && error.message.contains("is not what amx.lock says"))
        }
        #expect(try team.check() == "main")
    }

    /// A capsule that is not here at all stays away, and its entry in the lock stays.
    @Test func aCapsuleThatIsNotHereStaysAway() throws {
        let team = try Team()
        let workspace = team.fixture.workspace
        let lock = try #require(try workspace.lock())
        let old = try #require(lock[team.one.id])
        let entry = LockedCapsule(
            id: try CapsuleID("elsewhere"), version: old.version, line: old.line, commit: old.commit, tree: old.tree,
            digest: old.digest, source: old.source, requestedBy: old.requestedBy)
        try branch("more", with: lock.capsules + [entry], in: workspace)
        try team.switch(to: "main")
        let result = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "more", create: false) }
        #expect(result.absent == [entry.id])
        #expect(try workspace.lock()?[entry.id] == entry)
        let (before, after) = try workspace.renewedLock()
        #expect(before == after)
    }

    /// Makes a branch of the workspace with another lock, of which it develops all, by git's plumbing.
    private func branch(_ name: String, with capsules: [LockedCapsule], in workspace: Workspace) throws {
        func git(_ arguments: String..., input: [UInt8] = []) throws -> String {
            try Tool.git(arguments, in: workspace.filesRepositoryPath, input: input)
        }
        var manifest = try #require(try workspace.manifest())
        for capsule in capsules { manifest.develop(capsule.id) }
        var files: [Substring: String] = [:]
        for (name, bytes) in [("amx.json", manifest.encoded), ("amx.lock", WorkspaceLock(capsules).encoded)] {
            let blob = try git("hash-object", "-w", "--stdin", input: bytes)
            files[Substring(name)] = "100644 blob \(blob)\t\(name)\n"
        }
        let entries = try git("ls-tree", "HEAD").split(separator: "\n").map { line in
            files[line.split(separator: "\t").last ?? line] ?? "\(line)\n"
        }
        let tree = try git("mktree", input: Array(entries.joined().utf8))
        let commit = try git("commit-tree", "-p", "HEAD", "-m", "Other lock", tree)
        _ = try git("update-ref", "refs/heads/\(name)", commit)
    }

    @Test func aRemotesNewNameHoldsForTheWorkspaceToo() throws {
        let team = try Team()
        let workspace = team.fixture.workspace
        try workspace.addRemote(Remote(name: "origin", url: "../x"))
        try Tool.git(["update-ref", "refs/remotes/origin/try", "HEAD"], in: workspace.filesRepositoryPath)
        #expect(try workspace.files().status().upstream == "origin/try")
        try workspace.write { () throws(AmxError) in try workspace.renameRemote("origin", to: "old") }
        let refs = try Tool.git(
            ["for-each-ref", "--format=%(refname)", "refs/remotes/"], in: workspace.filesRepositoryPath)
        #expect(refs == "refs/remotes/old/try")
        #expect(try workspace.files().status().upstream == "old/try")
    }

    @Test func leavesTheUsersOwnGitAlone() throws {
        let team = try Team()
        try Tool.git(["init", "-q"], in: team.fixture.workspace.root)
        #expect(try team.fixture.workspace.report().files.state == .clean)
        try team.switch(to: "main")
        #expect(Directory.isDirectory("\(team.fixture.workspace.root)/.git/objects"))
        try team.fixture.folder.write(".amxignore", text: "drafts/\n")
        try team.fixture.folder.write("drafts/x.md", text: "x\n")
        #expect(try team.fixture.workspace.report().files.changes.map(\.path.string) == [".amxignore"])
    }

    @Test func aGroupIsReadAsItWasWritten() throws {
        let oid = try #require(ObjectID(hex: String(repeating: "1a", count: 20)))
        let branch = try #require(RefName(branch: "main"))
        let group = TransitionGroup([
            ("one", Transition(from: nil, to: oid, branch: branch, advances: .missing)),
            ("@workspace", Transition(from: oid, to: oid, branch: branch, advances: .id(oid))),
            ("two", Transition(from: oid, to: oid, branch: branch, advances: nil)),
        ])
        #expect(TransitionGroup(group.encoded) == group)
        for count in 0..<group.encoded.count { #expect(TransitionGroup(Array(group.encoded.prefix(count))) == nil) }
    }
}
