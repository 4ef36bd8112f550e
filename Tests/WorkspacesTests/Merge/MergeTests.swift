import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Merging branches of a capsule, from its start to its end.
@Suite struct MergeTests {
    @Test(arguments: [Form.directory, .packed])
    func aCleanMergeIsCommitted(form: Form) throws {
        let work = try MergeFixture(ours: ["ours.txt": "ours\n"], theirs: ["README.md": "theirs\n"])
        if form == .packed { _ = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.pack() } }
        guard case .merged(let result) = try work.merge() else { throw Unexpected() }
        #expect(result.changes.map(\.path.string) == ["README.md"])
        let status = try work.capsule.status()
        #expect(status.state == .clean && status.head == result.commit && status.form == .directory)
        #expect(try work.text("README.md") == "theirs\n" && work.text("ours.txt") == "ours\n")
        #expect(
            try work.fixture.git(work.capsule, "log", "-1", "--format=%P%n%s%n%(trailers:key=Capsule-Digest,valueonly)")
                == "\(work.ours.commit) \(work.theirs.commit)\nMerge branch 'topic'\n\(try work.capsule.content().digest().text)\n"
        )
        #expect(try work.merge() == .upToDate(result.commit))
        #expect(try work.isSound())
        #expect(try work.capsule.verify(nil, against: nil).allSatisfy { $0.isValid })
    }

    @Test(arguments: [Form.directory, .packed])
    func aBranchThatIsBehindMovesForward(form: Form) throws {
        let work = try MergeFixture(ours: ["ours.txt": "ours\n"], theirs: ["README.md": "theirs\n"])
        try work.merge()
        try MergeFixture.switch(to: "topic", create: false, work.fixture, work.capsule)
        if form == .packed { _ = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.pack() } }
        let head = try #require(try work.capsule.branches().first { $0.name == "main" }).commit
        #expect(
            try work.merge("main", isFastForwardOnly: true)
                == .fastForward(from: work.theirs.commit, to: head))
        #expect(try work.capsule.form() == form)
        #expect(try work.capsule.status().state == .clean)
        #expect(try work.merge("main") == .upToDate(head))
    }

    @Test func onlyForwardIsRefused() throws {
        let work = try MergeFixture(ours: ["o": "1\n"], theirs: ["t": "1\n"])
        let error = #expect(throws: AmxError.self) { try work.merge(isFastForwardOnly: true) }
        #expect(error?.code == .conflict)
        #expect(try work.capsule.status().head == work.ours.commit && work.capsule.mergeState() == nil)
    }

    @Test func uncommittedChangesAndIgnoredFilesAreNeverLost() throws {
        let work = try MergeFixture(
            start: [".amxignore": "*.log\n"], ours: ["o": "1\n"], theirs: [".amxignore": "", "x.log": "theirs\n"])
        try work.write(["x.log": "mine\n"])
        let error = #expect(throws: AmxError.self) { try work.merge() }
        #expect(error?.code == .conflict && error?.message.contains("x.log") == true)
        #expect(try work.fixture.workspace.capsule(work.capsule.id).status().state == .clean)
        try work.write(["x.log": nil, "README.md": "mine\n"])
        let dirty = #expect(throws: AmxError.self) { try work.merge() }
        #expect(dirty?.code == .conflict && dirty?.message.contains("uncommitted") == true)
        #expect(try work.text("README.md") == "mine\n" && work.capsule.mergeState() == nil)
    }

    private static let conflicting: (start: [String: String?], ours: [String: String?], theirs: [String: String?]) = (
        ["t.txt": "a\nb\nc\nd\n", "logo.png": "\0one", "d.json": #"{"x": 1, "y": 1}"#, "gone": "1\n", "kept": "1\n"],
        ["t.txt": "A\nb\nc\nD1\n", "logo.png": "\0two", "d.json": #"{"x": 2, "y": 1}"#, "gone": nil, "kept": "2\n"],
        ["t.txt": "a\nb\nc\nD2\n", "logo.png": "\0three", "d.json": #"{"x": 3, "y": 2}"#, "gone": "2\n", "kept": nil]
    )

    private func conflicted(form: Form = .directory) throws -> MergeFixture {
        let work = try MergeFixture(
            start: Self.conflicting.start, ours: Self.conflicting.ours, theirs: Self.conflicting.theirs)
        if form == .packed { _ = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.pack() } }
        return work
    }

    @Test func conflictsAreLeftToTheUser() throws {
        let work = try conflicted()
        guard case .stopped(let state) = try work.merge() else { throw Unexpected() }
        #expect(state.entries.map(\.conflict.path.string) == ["d.json", "gone", "kept", "logo.png", "t.txt"])
        #expect(
            try work.open()
                == ["d.json": .json, "gone": .removed, "kept": .removed, "logo.png": .binary, "t.txt": .text])
        #expect(try work.text("d.json") == #"{"x": 2, "y": 2}"#)
        #expect(try work.text("t.txt") == "A\nb\nc\n<<<<<<< main\nD1\n=======\nD2\n>>>>>>> topic\n")
        #expect(try work.text("logo.png") == "\0two" && work.text("logo.theirs.png") == "\0three")
        #expect(try work.text("gone") == "2\n" && work.text("kept") == "2\n")
        let status = try work.capsule.status()
        #expect(status.state == .conflict && status.merge?.conflicts.count == 5 && status.problem == nil)
        #expect(status.merge?.source == "topic" && status.merge?.theirs == work.theirs.commit)
        // A status of all says the same, whatever it knew of the capsule before.
        let other = try work.fixture.new("b")
        #expect(work.fixture.workspace.statuses(of: [work.capsule.id, other.id]).map(\.state) == [.conflict, .new])

        // What cannot be done meanwhile.
        for action in [
            { try MergeFixture.switch(to: "topic", create: false, work.fixture, work.capsule) },
            { try MergeFixture.switch(to: "new", create: true, work.fixture, work.capsule) }, { try work.merge() },
            {
                let (capsule, theirs) = (work.capsule, work.theirs.commit)
                let repository = try capsule.existingRepository()
                try capsule.checkNothingIsLost(changingTo: theirs, in: repository, base: work.ours.commit)
            },
            { _ = try work.fixture.workspace.write { () throws(AmxError) in try work.capsule.pack() } },
            {
                let (capsule, identity) = (work.capsule, work.fixture.identity)
                _ = try work.fixture.workspace.write { () throws(AmxError) in
                    try capsule.release(message: nil, identity: identity)
                }
            }, { try work.fixture.commit(work.capsule) },
        ] as [() throws -> Void] {
            let error = #expect(throws: AmxError.self) { try action() }
            #expect(error?.code == .conflict && error?.hint != nil)
        }
        #expect(try work.capsule.status().head == work.ours.commit)

        try work.resolve("d.json", .theirs)
        #expect(try work.text("d.json") == #"{"x": 3, "y": 2}"#)
        try work.resolve("gone", .ours)
        try work.resolve("kept", .theirs)
        #expect(!work.has("gone") && !work.has("kept"))
        try work.resolve("logo.png", .theirs)
        #expect(try work.text("logo.png") == "\0three" && !work.has("logo.theirs.png"))
        // A text with markers is not resolved by saying so, and is by editing them away.
        #expect(throws: AmxError.self) { try work.resolve("t.txt", nil) }
        #expect(throws: AmxError.self) { try work.resolve("README.md", nil) }
        #expect(try work.open() == ["t.txt": .text])
        try work.write(["t.txt": "A\nb\nc\nD\n"])
        #expect(try work.open().isEmpty)
        #expect(try work.capsule.status().state == .merging)
        // And not any more when they come back.
        try work.write(["t.txt": "<<<<<<< main\n"])
        #expect(throws: AmxError.self) { try work.fixture.commit(work.capsule) }
        try work.write(["t.txt": "A\nb\nc\nD\n"])
        let commit = try #require(try work.fixture.commit(work.capsule, state.message))
        #expect(
            try work.fixture.git(work.capsule, "log", "-1", "--format=%P %s")
                == "\(work.ours.commit) \(work.theirs.commit) Merge branch 'topic'")
        let after = try work.capsule.status()
        #expect(after.state == .clean && after.head == commit.commit && after.merge == nil)
        #expect(try work.capsule.mergeState() == nil && work.isSound())
        #expect(try work.merge() == .upToDate(commit.commit))
    }

    @Test(arguments: [MergeSide.ours, .theirs])
    func takingASideSettlesAll(side: MergeSide) throws {
        let work = try conflicted()
        try work.merge()
        for path in try work.open().keys.sorted() { try work.resolve(path, side) }
        #expect(try work.text("t.txt") == "A\nb\nc\n\(side == .ours ? "D1" : "D2")\n")
        #expect(try work.text("d.json") == #"{"x": \#(side == .ours ? 2 : 3), "y": 2}"#)
        #expect(work.has("gone") == (side == .theirs) && work.has("kept") == (side == .ours))
        #expect(try work.fixture.commit(work.capsule) != nil)
    }

    @Test func anEditIsNotOverwritten() throws {
        let work = try conflicted()
        try work.merge()
        try work.write(["d.json": "{}", "logo.theirs.png": "\0edited"])
        let error = #expect(throws: AmxError.self) { try work.resolve("d.json", .theirs) }
        #expect(error?.code == .conflict)
        try work.resolve("d.json", nil)
        #expect(try work.text("d.json") == "{}" && work.open()["d.json"] == nil)
        try work.resolve("logo.png", .ours)
        #expect(try work.text("logo.theirs.png") == "\0edited")
    }

    @Test(arguments: [Form.directory, .packed])
    func goingBackRestoresAll(form: Form) throws {
        let work = try conflicted(form: form)
        let before = try work.capsule.content().files
        try work.merge()
        #expect(try work.capsule.form() == .directory)
        try work.write(["t.txt": "edited\n", "README.md": "edited\n", "d.json": nil])
        try work.resolve("gone", .theirs)
        try work.abort()
        #expect(try work.capsule.content().files == before)
        #expect(try work.capsule.form() == form)
        let status = try work.capsule.status()
        #expect(status.state == .clean && status.head == work.ours.commit && status.merge == nil)
        let error = #expect(throws: AmxError.self) { try work.abort() }
        #expect(error?.code == .notFound)
        // A file that neither side knows stays.
        try work.merge()
        try work.write(["mine.txt": "mine\n"])
        try work.abort()
        #expect(try work.capsule.status().changes.map(\.path.string) == ["mine.txt"])
    }

    @Test func aMergeCanWaitForItsCommit() throws {
        let work = try MergeFixture(ours: ["o": "1\n"], theirs: ["t": "1\n"])
        guard case .stopped(let state) = try work.merge(commits: false) else { throw Unexpected() }
        #expect(state.entries.isEmpty)
        #expect(try work.capsule.status().state == .merging)
        try work.write(["o": "2\n"])
        try work.fixture.commit(work.capsule, "Together")
        #expect(
            try work.fixture.git(work.capsule, "log", "-1", "--format=%P %s")
                == "\(work.ours.commit) \(work.theirs.commit) Together")
    }

    @Test func aMergeThatChangesNothingIsRecorded() throws {
        let work = try MergeFixture(
            start: ["x": "1\n"], ours: ["x": "2\n", "y": "1\n"], theirs: ["x": "2\n"])
        guard case .merged(let result) = try work.merge() else { throw Unexpected() }
        #expect(result.tree == work.ours.tree && result.changes.isEmpty)
        let other = try MergeFixture(start: ["x": "1\n"], ours: ["x": "2\n", "y": "1\n"], theirs: ["x": "2\n"])
        try other.merge(commits: false)
        #expect(other.fixture.workspace.statuses(of: [other.capsule.id, try CapsuleID("z")])[0].state == .merging)
        let commit = try #require(try other.fixture.commit(other.capsule))
        #expect(commit.tree == other.ours.tree)
        #expect(try other.fixture.git(other.capsule, "rev-parse", "HEAD^2") == other.theirs.commit.hex)
    }

    @Test func namesThatCannotBeTogetherAreRefused() throws {
        let work = try MergeFixture(ours: ["Notes.txt": "1\n"], theirs: ["notes.txt": "2\n"])
        let error = #expect(throws: AmxError.self) { try work.merge() }
        #expect(error?.code == .conflict && error?.message.contains("notes.txt") == true)
        #expect(try work.capsule.status().state == .clean && work.capsule.mergeState() == nil)
    }

    @Test func aManifestThatDoesNotFitTheFilesIsAConflict() throws {
        let asset = #"{"id": "a", "name": "A", "version": "1.0.0"}"#
        let named = #"{"id": "a", "name": "A", "version": "1.0.0", "knowledgeAssets": {"rules": ["r.json"]}}"#
        let work = try MergeFixture(
            start: ["manifest.json": asset, "r.json": "{}"], ours: ["manifest.json": named], theirs: ["r.json": nil])
        guard case .stopped(let state) = try work.merge() else { throw Unexpected() }
        #expect(state.entries.map(\.conflict.kind) == [.manifest])
        #expect(state.entries.first?.conflict.reason?.contains("r.json") == true)
        #expect(throws: AmxError.self) { try work.fixture.commit(work.capsule) }
        try work.write(["manifest.json": asset])
        try work.resolve("manifest.json", nil)
        #expect(try work.fixture.commit(work.capsule) != nil)
    }

    @Test func historiesWithoutACommonCommitAreRefused() throws {
        let work = try MergeFixture(ours: ["o": "1\n"], theirs: ["t": "1\n"])
        let tree = try work.fixture.git(work.capsule, "rev-parse", "HEAD^{tree}")
        let orphan = try work.fixture.git(work.capsule, "commit-tree", tree, "-m", "Alone")
        let error = #expect(throws: AmxError.self) { try work.merge(orphan) }
        #expect(error?.code == .conflict && error?.message.contains("no commit in common") == true)
    }

    @Test func aStateThatCannotBeReadSaysSo() throws {
        let work = try conflicted()
        try work.merge()
        try work.fixture.folder.write(".aimatrix/merge/a", text: "{")
        let error = #expect(throws: AmxError.self) { try work.capsule.status() }
        #expect(error?.message.contains(".aimatrix/merge/a") == true)
    }

    @Test func everyKindOfConflictSurvivesItsFile() throws {
        let work = try MergeFixture(
            start: [
                "d.json": #"{"l": [{"id": 1, "v": 1}], "é": 1}"#, "f": "1\n", "e.jsonl": "{\"id\": 1, \"v\": 1}\n",
            ],
            ours: [
                "d.json": #"{"l": [{"id": 1, "v": 2}], "é": 2}"#, "f": nil, "f/x": "x\n",
                "e.jsonl": "{\"id\": 1, \"v\": 2}\n",
            ],
            theirs: [
                "d.json": #"{"l": [{"id": 1, "v": [null]}], "é": 3}"#, "f": "2\n", "e.jsonl": "{\"id\": 1, \"v\": 3}\n",
            ])
        guard case .stopped(let state) = try work.merge() else { throw Unexpected() }
        #expect(try work.capsule.mergeState() == state)
        #expect(MergeState(state.encoded) == state)
        #expect(state.entries.map(\.conflict.kind) == [.json, .rows, .folder])
        #expect(state.entries[0].conflict.values.map(\.path.description) == ["$.l[0].v", #"$["é"]"#])
        #expect(state.entries[1].conflict.rows == [0])
        #expect(try work.text("f.theirs") == "2\n" && work.text("f/x") == "x\n")
        try work.resolve("f", nil)
        #expect(try work.text("f.theirs") == "2\n")
    }

    struct Unexpected: Error {}
}
