import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Putting uncommitted changes aside, bringing them back, taking them along, and throwing them away.
@Suite struct StashTests {
    /// A capsule with one commit, and uncommitted changes of every kind.
    private struct Changed {
        let fixture: WorkspaceFixture
        let capsule: WorkspaceCapsule
        let base: [FileEntry]
        let changed: [FileEntry]

        init(_ form: Form = .directory) throws {
            fixture = try WorkspaceFixture()
            capsule = try fixture.new("a")
            try fixture.write(capsule, "dir/x", "x\n")
            try fixture.write(capsule, "run.sh", "#!/bin/sh\n")
            try fixture.commit(capsule)
            base = try capsule.content().entries
            try Self.change(fixture, capsule)
            changed = try capsule.content().entries
            if form == .packed { try convert { capsule throws(AmxError) in try capsule.pack() } }
        }

        /// An edited file, a new mode, a removed file whose folder's name a new file takes, and a file in a new folder.
        private static func change(_ fixture: WorkspaceFixture, _ capsule: WorkspaceCapsule) throws {
            try fixture.write(capsule, "README.md", "edited\n")
            try fixture.write(capsule, "run.sh", "#!/bin/sh\n", executable: true)
            try FileManager.default.removeItem(atPath: "\(fixture.workspace.directoryPath(capsule.id))/dir")
            try fixture.write(capsule, "dir", "a file\n")
            try fixture.write(capsule, "new/deep/y", "y\n")
        }

        func convert(_ body: (WorkspaceCapsule) throws(AmxError) -> FormResult) throws {
            _ = try fixture.workspace.write { () throws(AmxError) in try body(capsule) }
        }

        @discardableResult func stash(_ message: String? = nil) throws -> Stash? {
            try fixture.workspace.write { () throws(AmxError) in try capsule.stash(message: message) }
        }

        @discardableResult func pop(_ number: Int? = nil) throws -> Stash {
            try fixture.workspace.write { () throws(AmxError) in try capsule.popStash(number) }
        }

        @discardableResult func discard(_ paths: String...) throws -> DiscardResult? {
            try fixture.workspace.write { () throws(AmxError) in try capsule.discard(paths) }
        }

        func `switch`(_ name: String, create: Bool = false, keeping: Bool = false) throws {
            _ = try fixture.workspace.write { () throws(AmxError) in
                try capsule.switchBranch(to: name, create: create, keeping: keeping)
            }
        }

        func check() throws {
            #expect(try fixture.litter() == [])
            #expect(try fixture.git(capsule, "fsck", "--strict", "--no-dangling") == "")
        }
    }

    @Test(arguments: [Form.directory, .packed]) func thereAndBack(form: Form) throws {
        let work = try Changed(form)
        let stash = try #require(try work.stash())
        #expect(stash.number == 1)
        #expect(stash.changes.map(\.path.string) == ["README.md", "dir", "dir/x", "new/deep/y", "run.sh"])
        #expect(stash.commit.subject.hasPrefix("On main: work after "))
        #expect(try work.capsule.content().entries == work.base)
        #expect(try work.capsule.status().state == .clean)
        #expect(try work.capsule.form() == form)
        #expect(try work.capsule.stashes().map(\.id) == [stash.id])
        #expect(try work.stash() == nil)
        try work.check()
        #expect(try work.pop().id == stash.id)
        #expect(try work.capsule.content().entries == work.changed)
        #expect(try work.capsule.status().state == .modified)
        #expect(try work.capsule.stashes().isEmpty)
        try work.check()
    }

    @Test func numbersStay() throws {
        let work = try Changed()
        try work.stash("one")
        for name in ["two", "three"] {
            try work.fixture.write(work.capsule, "\(name).txt", name)
            try work.stash(name)
        }
        #expect(try work.capsule.stashes().map(\.number) == [3, 2, 1])
        #expect(try work.capsule.stashes().map(\.commit.subject) == ["On main: three", "On main: two", "On main: one"])
        try work.pop(2)
        #expect(try work.capsule.status().changes.map(\.path.string) == ["two.txt"])
        #expect(try work.capsule.stashes().map(\.number) == [3, 1])
        let dropped = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.dropStash(nil) }
        #expect(dropped.number == 3)
        // What was dropped can still be found by its commit.
        #expect(try work.capsule.cat(dropped.id.hex, path: "three.txt") == Array("three".utf8))
        for number in [2, 7, 0, -1] {
            #expect(#expect(throws: AmxError.self) { try work.pop(number) }?.code == .notFound)
        }
    }

    @Test func poppingKeepsOtherChangesAndRefusesTheSameFiles() throws {
        let work = try Changed()
        try work.stash()
        try work.fixture.write(work.capsule, "README.md", "mine\n")
        try work.fixture.write(work.capsule, "other.txt", "mine\n")
        let before = try work.capsule.content().entries
        let error = #expect(throws: AmxError.self) { try work.pop() }
        #expect(error?.code == .conflict && error?.message.contains("README.md has other changes") == true)
        #expect(try work.capsule.content().entries == before)
        #expect(try work.capsule.stashes().count == 1)
        try work.discard("README.md")
        try work.pop()
        #expect(try work.capsule.content().entries.count == work.changed.count + 1)
        #expect(try work.capsule.cat(nil, path: "other.txt") == Array("mine\n".utf8))
    }

    @Test func poppingOverANewCommitKeepsWhatThatChanged() throws {
        let work = try Changed()
        try work.stash()
        try work.fixture.write(work.capsule, "CHANGELOG.md", "committed\n")
        try work.fixture.commit(work.capsule)
        try work.pop()
        #expect(
            try work.capsule.status().changes.map(\.path.string) == [
                "README.md", "dir", "dir/x", "new/deep/y", "run.sh",
            ])
        #expect(try work.capsule.cat(nil, path: "CHANGELOG.md") == Array("committed\n".utf8))
        try work.check()
    }

    @Test func ignoredFilesInTheWayAreNeverLost() throws {
        let work = try Changed()
        try work.stash()
        try work.fixture.write(work.capsule, ".amxignore", "new/\n")
        try work.fixture.write(work.capsule, "new/deep/y", "mine\n")
        #expect(#expect(throws: AmxError.self) { try work.pop() }?.code == .conflict)
        #expect(try work.fixture.folder.read("knowledge/capsules/a/new/deep/y") == Array("mine\n".utf8))
    }

    @Test(arguments: [Form.directory, .packed]) func discardingAllOrSome(form: Form) throws {
        let work = try Changed(form)
        let some = try #require(try work.discard("new", "README.md"))
        #expect(some.changes.map(\.path.string) == ["README.md", "new/deep/y"])
        #expect(try work.capsule.status().changes.map(\.path.string) == ["dir", "dir/x", "run.sh"])
        // What was thrown away can still be found.
        #expect(try work.capsule.cat(some.saved.hex, path: "new/deep/y") == Array("y\n".utf8))
        let clash = #expect(throws: AmxError.self) { try work.discard("dir/x") }
        #expect(clash?.code == .failure)
        #expect(try work.discard()?.changes.count == 3)
        #expect(try work.capsule.content().entries == work.base)
        #expect(try work.discard() == nil && work.discard("README.md") == nil)
        let unknown = #expect(throws: AmxError.self) { try work.discard("READNE.md") }
        #expect(unknown?.code == .notFound)
        try work.check()
    }

    @Test(arguments: [Form.directory, .packed]) func switchingTakesChangesAlong(form: Form) throws {
        let work = try Changed(form)
        try work.stash()
        if form == .packed { try work.convert { capsule throws(AmxError) in try capsule.edit() } }
        try work.switch("topic", create: true)
        try work.fixture.write(work.capsule, "CHANGELOG.md", "topic\n")
        try work.fixture.commit(work.capsule)
        if form == .packed { try work.convert { capsule throws(AmxError) in try capsule.pack() } }
        try work.pop()
        let paths = try work.capsule.status().changes.map(\.path.string)
        try work.switch("main", keeping: true)
        #expect(try work.capsule.content().entries == work.changed)
        #expect(try work.capsule.status().changes.map(\.path.string) == paths)
        #expect(try work.capsule.status().branch == "main")
        if form == .packed { try work.convert { capsule throws(AmxError) in try capsule.edit() } }
        try work.fixture.write(work.capsule, "CHANGELOG.md", "main\n")
        let error = #expect(throws: AmxError.self) { try work.switch("topic", keeping: true) }
        #expect(error?.code == .conflict)
        #expect(try work.capsule.status().branch == "main")
        try work.check()
    }

    /// A branch that only a remote has is made at the remote's commit, not where the changes were kept meanwhile.
    @Test func switchingToARemotesBranchTakesChangesAlong() throws {
        let work = try Changed()
        let head = try #require(try work.capsule.status().head)
        try work.fixture.git(work.capsule, "update-ref", "refs/remotes/origin/topic", head.hex)
        try work.switch("topic", keeping: true)
        #expect(try work.capsule.branches().map(\.commit) == [head, head])
        #expect(try work.capsule.status().head == head)
        #expect(try work.capsule.content().entries == work.changed)
        try work.check()
    }

    @Test func nothingToStashYet() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        for body in [
            { () throws -> Void in _ = try capsule.stash(message: nil) }, { _ = try capsule.discard([]) },
            { _ = try capsule.popStash(nil) },
        ] {
            #expect(throws: AmxError.self) {
                try fixture.workspace.write { () throws(AmxError) in try Self.typed(body) }
            }
        }
        #expect(try capsule.stashes().isEmpty)
    }

    private static func typed(_ body: () throws -> Void) throws(AmxError) {
        do { try body() } catch let error as AmxError { throw error } catch { throw AmxError(.usage, "\(error)") }
    }

    @Test(arguments: [Form.directory, .packed]) func aKilledStashOrPopIsEndedOrUndone(form: Form) throws {
        let work = try Changed(form)
        var states: Set<Int> = []
        for (round, moment) in WorkspaceFixture.moments.enumerated() {
            let isStashed = try work.capsule.stashes().count == 1
            try work.fixture.kill(after: moment) { if isStashed { try work.pop() } else { try work.stash() } }
            work.fixture.workspace.settle()
            try work.fixture.workspace.write { () throws(AmxError) in }
            let stashes = try work.capsule.stashes()
            states.insert(stashes.count)
            #expect(stashes.count < 2, "round \(round)")
            #expect(
                try work.capsule.content().entries == (stashes.isEmpty ? work.changed : work.base), "round \(round)")
            try work.check()
        }
        #expect(states == [0, 1])
    }

    /// A pop that was cut off, after which the user went on: neither their work nor the stash is lost.
    @Test func aStashWhoseFileWasTouchedSinceStays() throws {
        let work = try Changed()
        let stash = try #require(try work.stash())
        let base = try #require(try work.capsule.status().head)
        let note = Transition(
            from: base, to: stash.id, branch: try #require(RefName(branch: "main")), advances: nil, base: base,
            drops: try Stash.ref(1))
        try work.fixture.folder.write(".aimatrix/pending/a", note.encoded)
        try work.fixture.write(work.capsule, "README.md", "mine\n")
        work.fixture.workspace.settle()
        #expect(try work.capsule.stashes().map(\.id) == [stash.id])
        #expect(try work.capsule.cat(nil, path: "README.md") == Array("mine\n".utf8))
        try work.discard("README.md")
        try work.pop()
        #expect(try work.capsule.content().entries == work.changed)
    }

    @Test func notesKeepAllTheirParts() throws {
        let ids = try (1...3).map { try #require(ObjectID(hex: String(repeating: "a\($0)", count: 20))) }
        let branch = try #require(RefName(branch: "main"))
        for note in [
            Transition(from: nil, to: ids[0], branch: branch, advances: nil),
            Transition(from: ids[1], to: ids[0], branch: branch, advances: .id(ids[2])),
            Transition(from: ids[1], to: ids[0], branch: branch, advances: nil, base: ids[2], drops: try Stash.ref(4)),
            Transition(from: ids[1], to: ids[0], branch: branch, advances: .missing, keeps: try Stash.ref(4)),
        ] {
            #expect(Transition(note.encoded) == note)
        }
    }
}
