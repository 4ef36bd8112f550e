import Capsules
import Objects
import TestSupport
import Testing

/// What a push or fetch may set refs to.
struct IncomingPolicyTests {
    @Test func branchesAndReleasesOfAValidCapsule() throws {
        let history = try CapsuleHistory()
        let commit = try history.commit()
        #expect(try history.verdict("refs/heads/main", commit) == nil)
        #expect(try history.verdict("refs/heads/feature/x", commit) == nil)
        #expect(try history.verdict("refs/tags/v1.0.0", history.tag("v1.0.0")) == nil)
    }

    @Test(arguments: [
        ("refs/heads/main", "other", AmxError.Code.failure, "says that its id is a.b"),
        ("refs/tags/v1.0.0", "a.b", .failure, "not an annotated tag"),
        ("refs/tags/1.0.0", "a.b", .denied, "neither a branch nor a release"),
        ("refs/notes/x", "a.b", .denied, "neither a branch nor a release"),
        ("refs/amx/meta", "a.b", .denied, "neither a branch nor a release"),
    ])
    func refusedCommits(name: String, capsule: String, code: AmxError.Code, words: String) throws {
        let history = try CapsuleHistory()
        let verdict = try #require(try history.verdict(name, history.commit(), capsule: capsule))
        #expect(verdict.code == code)
        #expect(verdict.message.contains(words), "\(verdict.message)")
    }

    @Test(arguments: [
        ("{\"id\": \"a.b\", \"id\": \"a.b\", \"name\": \"A\", \"version\": \"1.0.0\"}", "manifest.json"),
        ("{\"id\": \"a.b\", \"name\": \"A\", \"version\": 1}", "manifest.json"),
        ("{\"id\": \"A B\", \"name\": \"A\", \"version\": \"1.0.0\"}", "manifest.json"),
        ("not json", "manifest.json"),
    ])
    func refusedManifests(manifest: String, words: String) throws {
        let history = try CapsuleHistory()
        let verdict = try #require(
            try history.verdict("refs/heads/main", history.commit(manifest: manifest)))
        #expect(verdict.code == .failure)
        #expect(verdict.message.contains(words), "\(verdict.message)")
    }

    @Test func manifestMissingOrTooLarge() throws {
        let history = try CapsuleHistory()
        let commit = try history.commit()
        var limits = Limits()
        limits.manifestBytes = 10
        let large = try #require(try history.verdict("refs/heads/main", commit, limits: limits))
        #expect(large.message.contains("manifestBytes"))
        try Tool.git(["rm", "-q", "manifest.json"], in: history.path)
        try Tool.git(["commit", "-q", "-m", "Remove"], in: history.path)
        let missing = try #require(try history.verdict("refs/heads/main", history.resolve("HEAD")))
        #expect(missing.message.contains("has no manifest.json"))
    }

    @Test func branchOfATagOrTree() throws {
        let history = try CapsuleHistory()
        try history.commit()
        let tag = try #require(try history.verdict("refs/heads/main", history.tag("v1.0.0")))
        #expect(tag.message.contains("is a tag"))
        let tree = try #require(try history.verdict("refs/heads/main", history.resolve("HEAD^{tree}")))
        #expect(tree.message.contains("is a tree"))
    }

    @Test(arguments: [
        ("v1.0.0", "v1.0.1", AmxError.Code.verification, "was made as v1.0.0"),
        ("v1.0.1", "v1.0.1", .failure, "manifest has version 1.0.0"),
        ("v1.0.0+build", "v1.0.0+build", .failure, "manifest has version 1.0.0"),
    ])
    func refusedReleases(made: String, pushed: String, code: AmxError.Code, words: String) throws {
        let history = try CapsuleHistory()
        try history.commit()
        let verdict = try #require(try history.verdict("refs/tags/\(pushed)", history.tag(made)))
        #expect(verdict.code == code)
        #expect(verdict.message.contains(words), "\(verdict.message)")
    }

    @Test func releaseOfATreeOrTag() throws {
        let history = try CapsuleHistory()
        try history.commit()
        let tree = try #require(try history.verdict("refs/tags/v1.0.0", history.tag("v1.0.0", of: "HEAD^{tree}")))
        #expect(tree.message.contains("of a tree"))
        let inner = try history.tag("inner")
        let outer = try #require(
            try history.verdict("refs/tags/v1.0.0", history.tag("v1.0.0", of: inner.hex)))
        #expect(outer.message.contains("of a tag"))
    }

    @Test func releasesNeverChange() throws {
        let history = try CapsuleHistory()
        try history.commit()
        let first = try history.tag("v1.0.0")
        let name = try #require(RefName(tag: "v1.0.0"))
        try history.offered([first], publish: true) { _ in }
        try history.target.refs.commit([RefUpdate(name, expected: .missing, new: first)])
        #expect(try history.verdict(name.string, first) == nil)
        let second = try history.tag("v1.0.0", message: "Again")
        #expect(try #require(try history.verdict(name.string, second)).code == .conflict)
        #expect(try #require(try history.verdict(name.string, nil)).code == .conflict)
        #expect(try history.verdict("refs/tags/v9.9.9", nil) == nil)
    }

    @Test func theDefaultBranchStays() throws {
        let history = try CapsuleHistory()
        let tip = try history.commit()
        try history.offered([tip], publish: true) { _ in }
        for branch in ["main", "other"] {
            let name = try #require(RefName(branch: branch))
            try history.target.refs.commit([RefUpdate(name, expected: .missing, new: tip)])
        }
        #expect(try #require(try history.verdict("refs/heads/main", nil)).code == .denied)
        #expect(try history.verdict("refs/heads/other", nil) == nil)
    }

    @Test func digestTrailersAreTrue() throws {
        let history = try CapsuleHistory()
        try history.commit()
        let digest = try history.digest()
        let honest = "Same\n\nCapsule-Digest: \(digest)"
        try Tool.git(["commit", "-q", "--allow-empty", "-m", honest], in: history.path)
        #expect(try history.verdict("refs/heads/main", history.resolve("HEAD")) == nil)
        #expect(try history.verdict("refs/tags/v1.0.0", history.tag("v1.0.0", message: honest)) == nil)
        let other = "sha256:" + String(repeating: "0", count: 64)
        for value in [other, "sha256:12", "nothing"] {
            let lie = "Same\n\nCapsule-Digest: \(value)"
            let release = try #require(
                try history.verdict("refs/tags/v1.0.0", history.tag("v1.0.0", message: lie)))
            #expect(release.code == .verification)
            #expect(release.message.contains(digest))
        }
    }

    @Test func aLieInTheMiddleOfAHistoryIsFound() throws {
        let history = try CapsuleHistory()
        let sound = try history.commit()
        let other = "sha256:" + String(repeating: "0", count: 64)
        try history.commit(message: "Lie\n\nCapsule-Digest: \(other)")
        let tip = try history.commit(version: "1.0.1")
        let verdict = try #require(try history.verdict("refs/heads/main", tip))
        #expect(verdict.code == .verification)
        // Each ref has its own verdict.
        try history.offered([tip, sound]) { incoming in
            let policy = IncomingPolicy(incoming, of: try CapsuleID("a.b"))
            #expect(throws: AmxError.self) { try policy.checkBranch(tip) }
            #expect(throws: Never.self) { try policy.checkBranch(sound) }
            #expect(throws: AmxError.self) { try policy.checkBranch(tip) }
        }
    }

    @Test func digestsOfALongHistoryAreBounded() throws {
        let history = try CapsuleHistory()
        for number in 0..<4 {
            try history.commit(version: "1.0.\(number)")
            let message = "Again\n\nCapsule-Digest: \(try history.digest())"
            try Tool.git(["commit", "-q", "--allow-empty", "-m", message], in: history.path)
        }
        let tip = try history.resolve("HEAD")
        try history.offered([tip]) { incoming in
            let capsule = try CapsuleID("a.b")
            let error = try #require(throws: AmxError.self) {
                try IncomingPolicy(incoming, of: capsule, digestedFiles: 6).checkBranch(tip)
            }
            #expect(error.message.contains("too much to verify"))
            try IncomingPolicy(incoming, of: capsule, digestedFiles: 7).checkBranch(tip)
        }
    }
}
