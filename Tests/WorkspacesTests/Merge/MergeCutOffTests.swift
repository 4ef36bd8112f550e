import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Merges that are killed: the next command finds the capsule before, in, or after the step.
@Suite struct MergeCutOffTests {
    private static func conflicted() throws -> MergeFixture {
        try MergeFixture(
            start: ["t.txt": "a\n", "logo.png": "\0one", "f": "1\n"],
            ours: ["t.txt": "b\n", "logo.png": "\0two", "f": nil, "f/x": "1\n"],
            theirs: ["t.txt": "c\n", "logo.png": "\0three", "new/y": "1\n"])
    }

    private func check(_ work: MergeFixture) throws {
        work.fixture.workspace.settle()
        try work.fixture.workspace.write { () throws(AmxError) in }
        #expect(try work.fixture.litter() == [])
        #expect(try work.isSound())
    }

    @Test func aMergeIsBegunOrNot() throws {
        let work = try Self.conflicted()
        let before = try work.capsule.content().files
        try work.merge()
        let during = try work.capsule.content().files
        let state = try work.capsule.mergeState()
        try work.abort()
        var begun: Set<Bool> = []
        for moment in WorkspaceFixture.moments {
            try work.fixture.kill(after: moment) { try work.merge() }
            try check(work)
            let found = try work.capsule.mergeState()
            #expect(found == nil || found == state)
            #expect(try work.capsule.content().files == (found == nil ? before : during))
            #expect(try work.capsule.status().state == (found == nil ? .clean : .conflict))
            begun.insert(found != nil)
            if found != nil { try work.abort() }
        }
        #expect(begun == [true, false])
    }

    @Test func goingBackIsDoneOrNot() throws {
        let work = try Self.conflicted()
        let before = try work.capsule.content().files
        try work.merge()
        let during = try work.capsule.content().files
        var ended: Set<Bool> = []
        for moment in WorkspaceFixture.moments {
            try work.fixture.kill(after: moment) { try work.abort() }
            try check(work)
            let isInMerge = try work.capsule.mergeState() != nil
            #expect(try work.capsule.content().files == (isInMerge ? during : before))
            ended.insert(!isInMerge)
            if !isInMerge { try work.merge() }
        }
        #expect(ended == [true, false])
    }

    @Test func resolvingIsDoneOrNot() throws {
        let work = try Self.conflicted()
        try work.merge()
        var done: Set<Bool> = []
        for moment in WorkspaceFixture.moments {
            try work.fixture.kill(after: moment) { try work.resolve("logo.png", .theirs) }
            try check(work)
            let isOpen = try work.open()["logo.png"] != nil
            #expect(try work.text("logo.png") == (isOpen ? "\0two" : "\0three"))
            #expect(work.has("logo.theirs.png") == isOpen)
            done.insert(!isOpen)
            guard !isOpen else { continue }
            try work.abort()
            try work.merge()
        }
        #expect(done == [true, false])
    }

    @Test func aMergeIsConcludedOrNot() throws {
        let work = try Self.conflicted()
        var concluded: Set<Bool> = []
        for moment in WorkspaceFixture.moments {
            if try work.capsule.mergeState() == nil {
                try work.fixture.git(work.capsule, "update-ref", "refs/heads/main", work.ours.commit.hex)
                try work.fixture.git(work.capsule, "update-ref", "refs/amx/base", work.ours.commit.hex)
                let form = work.capsule.directoryForm
                let repository = try work.capsule.existingRepository()
                let current = try work.capsule.content().entries
                let wanted = try repository.files(ofTree: work.ours.tree)
                try Directory.create(work.fixture.workspace.temporaryDirectory)
                try DirectoryChange(form, from: current, to: wanted, in: repository, sparing: false).apply()
                try work.merge()
                for path in try work.open().keys.sorted() { try work.resolve(path, .ours) }
            }
            try work.fixture.kill(after: moment) { try work.fixture.commit(work.capsule, "Together") }
            try check(work)
            let isConcluded = try work.capsule.mergeState() == nil
            let parents = try work.fixture.git(work.capsule, "log", "-1", "--format=%P")
            #expect((parents == "\(work.ours.commit) \(work.theirs.commit)") == isConcluded)
            #expect(try work.capsule.status().state == (isConcluded ? .clean : .merging))
            #expect(!isConcluded || !Directory.exists(work.capsule.mergePath))
            concluded.insert(isConcluded)
        }
        #expect(concluded == [true, false])
    }

    @Test func aCleanMergeIsDoneOrNot() throws {
        for moment in WorkspaceFixture.moments.filter({ $0 > 2_000 }) {
            let work = try MergeFixture(ours: ["o": "1\n", "README.md": nil], theirs: ["t/u": "1\n"])
            let before = try work.capsule.content().files
            try work.fixture.kill(after: moment) { try work.merge() }
            try check(work)
            let status = try work.capsule.status()
            #expect(status.state == .clean && status.merge == nil)
            if status.head == work.ours.commit { #expect(try work.capsule.content().files == before) }
            #expect(work.has("t/u") == (status.head != work.ours.commit))
        }
    }
}
