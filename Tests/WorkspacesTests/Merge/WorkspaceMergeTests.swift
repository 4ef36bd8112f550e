import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Merging branches of a workspace: its own files, `amx.lock`, and where the capsules go.
@Suite struct WorkspaceMergeTests {
    @Test func capsulesGoWhereTheOtherSideHasThem() throws {
        let team = try DivergedTeam(ours: ["two"], theirs: ["one"])
        let result = try team.merge()
        guard case .merged(let commit) = result.outcome else { throw Unexpected("\(result.outcome)") }
        #expect(result.capsules.map(\.id.string) == ["one"])
        #expect(commit.changes.map(\.path.string) == ["agents/theirs.md", "amx.lock"])
        #expect(team.has("one", "theirs.md") && team.has("two", "ours.md"))
        try team.check("main")
        // The lock says where all are, and writing it again changes nothing.
        let (old, new) = try team.workspace.renewedLock()
        #expect(old == new)
        #expect(try team.workspace.lock()?[team.id("one")]?.commit == team.theirs["one"])
        #expect(try team.merge().outcome == .upToDate(commit.commit))
        // Forward, with the capsules.
        try team.switch(to: "topic")
        #expect(!team.has("two", "ours.md"))
        guard case .fastForward = try team.merge("main").outcome else { throw Unexpected("no fast-forward") }
        #expect(team.has("one", "theirs.md") && team.has("two", "ours.md"))
        try team.check("topic")
    }

    @Test func aCapsuleThatBothChangedIsMergedFirst() throws {
        let team = try DivergedTeam(ours: ["one", "two"], theirs: ["one"])
        let before = try team.contents()
        guard case .stopped(let state) = try team.merge().outcome else { throw Unexpected("not stopped") }
        #expect(state.entries.map(\.conflict.path.string) == ["amx.lock"])
        #expect(state.entries[0].conflict.type == .dependency)
        let advice = try #require(state.entries[0].conflict.reason)
        #expect(advice.contains("amx merge one \(try #require(team.theirs["one"]).abbreviated)"))
        #expect(try team.workspace.report().files.state == .conflict)
        #expect(throws: AmxError.self) { try team.commit("Too early") }
        try team.abort()
        #expect(try team.contents() == before)
        try team.check("main")
        // Once more, and to the end: the capsule's merge and the workspace's are concluded together.
        try team.merge()
        try team.mergeCapsule("one", commits: false)
        #expect(throws: AmxError.self) { try team.commit(nil, "Only the workspace") }
        let made = try team.commit("Together")
        #expect(made.capsules.map(\.id.string) == ["one"])
        #expect(made.files?.concludes == "topic" && made.capsules[0].concludes != nil)
        #expect(team.has("one", "theirs.md") && team.has("one", "ours.md") && team.has("two", "ours.md"))
        #expect(try team.workspace.lock()?[team.id("one")]?.commit == made.capsules[0].commit)
        try team.check("main")
        #expect(try team.workspace.files().mergeState() == nil)
    }

    @Test(arguments: [MergeSide.ours, .theirs])
    func aSideCanBeTaken(side: MergeSide) throws {
        let team = try DivergedTeam(ours: ["one"], theirs: ["one", "two"])
        try team.merge()
        #expect(!team.has("two", "theirs.md"))
        let state = try team.resolve("amx.lock", side)
        #expect(try team.workspace.files().openConflicts(of: state).isEmpty)
        // Nothing moves before the merge is concluded, and what was chosen last counts.
        #expect(team.has("one", "ours.md") && !team.has("one", "theirs.md"))
        try team.resolve("amx.lock", side == .ours ? .theirs : .ours)
        try team.resolve("amx.lock", side)
        let made = try team.commit("Taken")
        #expect(made.moved.map(\.id.string) == (side == .ours ? ["two"] : ["one", "two"]))
        #expect(team.has("two", "theirs.md"))
        #expect(team.has("one", "theirs.md") == (side == .theirs) && team.has("one", "ours.md") == (side == .ours))
        let expected = side == .ours ? team.ours["one"] : team.theirs["one"]
        #expect(try team.workspace.lock()?[team.id("one")]?.commit == expected)
        try team.check("main")
        // What ours was stays reachable.
        let kept = try team.one.existingRepository().refs.snapshot().refs.map(\.id)
        #expect(kept.contains(try #require(team.ours["one"])))
    }

    @Test func nothingIsLost() throws {
        let team = try DivergedTeam(ours: [], theirs: ["one"])
        try team.fixture.write(team.one, "mine.md", "mine\n")
        let before = try team.contents()
        let dirty = #expect(throws: AmxError.self) { try team.merge() }
        #expect(dirty?.code == .conflict && dirty?.message.contains("one has uncommitted changes") == true)
        #expect(try team.contents() == before && team.workspace.files().mergeState() == nil)
        // A commit that the workspace has not recorded counts as ours.
        try team.fixture.commit(team.one)
        guard case .stopped(let state) = try team.merge().outcome else { throw Unexpected("not stopped") }
        #expect(state.entries.map(\.conflict.path.string) == ["amx.lock"])
        try team.mergeCapsule("one", commits: true)
        try team.commit("Together")
        #expect(team.has("one", "mine.md") && team.has("one", "theirs.md"))
        try team.check("main")
    }

    @Test func filesConflictAsThoseOfACapsule() throws {
        let team = try DivergedTeam(
            ours: [], theirs: ["one"], start: ["agents/a.md": "a\n"], oursFiles: ["agents/a.md": "b\n"],
            theirsFiles: ["agents/a.md": "c\n"])
        try team.merge()
        #expect(try team.workspace.report().files.merge?.conflicts.map(\.kind) == [.text])
        #expect(!team.has("one", "theirs.md"))
        #expect(throws: AmxError.self) { try team.commit("Unresolved") }
        #expect(throws: AmxError.self) { try team.switch(to: "topic") }
        #expect(throws: AmxError.self) { try team.resolve("amx.lock", .ours) }
        try team.resolve("agents/a.md", .theirs)
        #expect(try team.workspace.report().files.state == .merging)
        let made = try team.commit("Resolved")
        #expect(made.moved.map(\.id.string) == ["one"] && team.has("one", "theirs.md"))
        #expect(try team.fixture.folder.read("agents/a.md") == Array("c\n".utf8))
        try team.check("main")
    }

    /// Both sides are valid, and what they give together is not.
    @Test func documentsThatDoNotFitAreAConflict() throws {
        let volume = """
            id: book
            version: 1.0.0
            title: Book
            capsules:
              - {id: one, version: 0.1.0}

            """
        let team = try DivergedTeam(
            ours: [], theirs: ["one"], oursFiles: ["knowledge/volumes/book/manifest.yaml": volume], bumps: true)
        guard case .stopped(let state) = try team.merge().outcome else { throw Unexpected("not stopped") }
        let conflict = try #require(state.entries.first?.conflict)
        #expect(conflict.path.string == "knowledge/volumes/book/manifest.yaml" && conflict.kind == .manifest)
        #expect(throws: AmxError.self) { try team.commit("Unresolved") }
        try team.fixture.folder.write(
            "knowledge/volumes/book/manifest.yaml", text: volume.replacingOccurrences(of: "0.1.0}", with: "^0.2.0}"))
        try team.resolve("knowledge/volumes/book/manifest.yaml", nil)
        try team.commit("Fitted")
        try team.check("main")
    }

    @Test func aKilledMergeIsDoneOrNot() throws {
        var done: Set<Bool> = []
        let team = try DivergedTeam(ours: ["two"], theirs: ["one"])
        let before = try team.contents()
        for moment in WorkspaceFixture.moments {
            try team.fixture.kill(after: moment) { try team.merge() }
            team.workspace.settle()
            let isMerged = try team.contents() != before
            #expect(team.has("one", "theirs.md") == isMerged)
            try team.check("main")
            done.insert(isMerged)
            guard isMerged else { continue }
            try team.goBack()
            #expect(try team.contents() == before)
        }
        #expect(done == [true, false])
    }

    @Test func aKilledConclusionIsDoneOrNot() throws {
        var done: Set<Bool> = []
        let team = try DivergedTeam(
            ours: ["two"], theirs: ["one"], start: ["agents/a.md": "a\n"], oursFiles: ["agents/a.md": "b\n"],
            theirsFiles: ["agents/a.md": "c\n"])
        for moment in WorkspaceFixture.moments {
            if try team.workspace.files().mergeState() == nil {
                try team.merge()
                try team.resolve("agents/a.md", .theirs)
            }
            try team.fixture.kill(after: moment) { try team.commit("Together") }
            team.workspace.settle()
            try team.workspace.write { () throws(AmxError) in }
            let isConcluded = try team.workspace.files().mergeState() == nil
            #expect(team.has("one", "theirs.md") == isConcluded)
            #expect(try team.workspace.report().files.state == (isConcluded ? .clean : .merging))
            #expect(try team.fixture.litter() == [])
            done.insert(isConcluded)
            if isConcluded {
                try team.check("main")
                try team.goBack()
            }
        }
        #expect(done == [true, false])
    }

    @Test func aKilledStopIsBegunOrNot() throws {
        var begun: Set<Bool> = []
        let team = try DivergedTeam(
            ours: [], theirs: [], start: ["agents/a.md": "a\n"], oursFiles: ["agents/a.md": "b\n"],
            theirsFiles: ["agents/a.md": "c\n"])
        let before = try team.contents()
        for moment in WorkspaceFixture.moments {
            try team.fixture.kill(after: moment) { try team.merge() }
            team.workspace.settle()
            let isBegun = try team.workspace.files().mergeState() != nil
            #expect(try team.workspace.report().files.state == (isBegun ? .conflict : .clean))
            begun.insert(isBegun)
            guard isBegun else { continue }
            try team.fixture.kill(after: moment) { try team.abort() }
            team.workspace.settle()
            if try team.workspace.files().mergeState() != nil { try team.abort() }
            #expect(try team.contents() == before)
            try team.check("main")
        }
        #expect(begun == [true, false])
    }
}

/// What a test did not expect.
private struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}
