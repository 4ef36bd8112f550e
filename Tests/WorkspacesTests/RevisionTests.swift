import Capsules
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct RevisionTests {
    @Test func namesAreLookedUpInTheirOrder() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let first = try #require(try fixture.commit(capsule)).commit
        let release = try fixture.workspace.write { () throws(AmxError) in
            try capsule.release(message: nil, identity: fixture.identity)
        }
        #expect(release.tag == "v0.1.0")
        #expect(try fixture.git(capsule, "cat-file", "-t", "v0.1.0") == "tag")
        try fixture.write(capsule, "README.md", "two\n")
        let second = try #require(try fixture.commit(capsule)).commit
        // A branch with a release's name loses; a remote branch and digits are found.
        try fixture.git(capsule, "branch", "0.1.0", second.hex)
        try fixture.git(capsule, "update-ref", "refs/remotes/origin/topic", second.hex)
        let repository = try capsule.existingRepository()
        let snapshot = try repository.refs.snapshot()
        for (text, wanted) in [
            ("v0.1.0", first), ("0.1.0", first), ("main", second), ("main~1", first), ("main~", first),
            ("origin/topic", second), (String(second.hex.prefix(7)), second), (second.hex, second), ("main~0", second),
            ("", second), ("@", second), ("~", first), ("~1", first), ("@~1", first), ("~0", second), ("HEAD", second),
            ("HEAD~1", first),
        ] {
            #expect(try Revision(text, in: repository, snapshot: snapshot).commit == wanted, "\(text)")
        }
        for text in ["main~2", "~2", "@~2", "nowhere", String(second.hex.prefix(6)), "origin/nowhere", "@@", "@main"] {
            let error = #expect(throws: AmxError.self) { try Revision(text, in: repository, snapshot: snapshot) }
            #expect(error?.code == .notFound && error?.hint != nil, "\(text)")
        }
        let beyond = #expect(throws: AmxError.self) { try Revision("~9", in: repository, snapshot: snapshot) }
        #expect(beyond?.message == "@ has only 1 ancestors, so there is no @~9")
        #expect(beyond?.hint == "the first commit is @~1")
        // The head is the current branch's, whichever that is; one without a commit has none.
        try fixture.git(capsule, "symbolic-ref", "HEAD", "refs/heads/0.1.0")
        try fixture.git(capsule, "branch", "-f", "0.1.0", first.hex)
        #expect(try Revision("@", in: repository, snapshot: repository.refs.snapshot()).commit == first)
        try fixture.git(capsule, "symbolic-ref", "HEAD", "refs/heads/unborn")
        let unborn = try repository.refs.snapshot()
        let none = #expect(throws: AmxError.self) { try Revision("", in: repository, snapshot: unborn) }
        #expect(none?.code == .notFound && none?.message.contains("no commit on unborn yet") == true)
    }

    @Test func aReleaseIsWrittenOnce() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        func release() throws -> ReleaseResult {
            try fixture.workspace.write { () throws(AmxError) in
                try capsule.release(message: "Out", identity: fixture.identity)
            }
        }
        #expect(try !release().existed)
        #expect(try release().existed)
        try fixture.write(capsule, "README.md", "two\n")
        try fixture.commit(capsule)
        let error = #expect(throws: AmxError.self) { try release() }
        #expect(error?.code == .conflict)
        #expect(try fixture.git(capsule, "fsck", "--strict") == "")
    }

    @Test func verifyRecomputesAndNamesWhatDiffers() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let commit = try #require(try fixture.commit(capsule))
        _ = try fixture.workspace.write { () throws(AmxError) in
            try capsule.release(message: nil, identity: fixture.identity)
        }
        let good = try capsule.verify(nil, against: nil)
        #expect(good.map(\.subject) == ["a", "a@v0.1.0"])
        #expect(good.map(\.isValid) == [true, true])
        #expect(good.allSatisfy { $0.digest == commit.digest })
        #expect(
            try capsule.verify("v0.1.0", against: "sha256:" + String(repeating: "0", count: 64)).allSatisfy {
                !$0.isValid
            })
        // A commit by other hands whose trailer lies.
        let lie = "Lie\n\nCapsule-Digest: sha256:" + String(repeating: "1", count: 64)
        let forged = try Tool.git(
            ["commit-tree", "\(commit.tree.hex)", "-p", commit.commit.hex, "-m", lie],
            in: fixture.workspace.repositoryPath(capsule.id))
        try fixture.git(capsule, "update-ref", "refs/heads/forged", forged)
        let verdict = try capsule.verify("forged", against: nil)
        #expect(verdict.map(\.isValid) == [false])
        #expect(verdict.first?.source == "commit")
    }
}
