import TestSupport
import Testing

@testable import Objects

/// Digests that share work along a history are those of each tree by itself.
struct HistoryDigestsTests {
    @Test func agreeWithTheDigestsOfSingleTrees() throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 8, seed: 9)
        // A folder that becomes a file, one that goes and comes back elsewhere.
        try Tool.git(["mv", "docs/deep", "other"], in: source)
        try Tool.git(["commit", "-q", "-m", "Move"], in: source)
        try Tool.git(["rm", "-q", "-r", "other/0"], in: source)
        try folder.write("source/other/0", text: "now a file\n")
        try Tool.git(["add", "-A"], in: source)
        try Tool.git(["commit", "-q", "-m", "Replace"], in: source)
        let repository = try Repository(opening: "\(source)/.git")
        let digests = HistoryDigests(repository)
        var seen: Set<ContentDigest> = []
        for line in try Tool.git(["log", "--format=%T"], in: source).split(separator: "\n") {
            let tree = try #require(ObjectID(hex: line))
            let digest = try digests.digest(ofTree: tree)
            #expect(try digest == repository.digest(ofTree: tree))
            seen.insert(digest)
        }
        #expect(seen.count == 10)
    }

    @Test func tooManyFilesAndWhatFollows() throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 1, seed: 9)
        let repository = try Repository(opening: "\(source)/.git")
        let tree = try #require(ObjectID(hex: try Tool.git(["rev-parse", "HEAD^{tree}"], in: source)))
        let small = try #require(ObjectID(hex: try Tool.git(["rev-parse", "HEAD:bin"], in: source)))
        var limits = Limits()
        limits.entries = 2
        let digests = HistoryDigests(repository, limits: limits)
        #expect(throws: AmxError.self) { try digests.digest(ofTree: tree) }
        #expect(try digests.digest(ofTree: small) == repository.digest(ofTree: small))
    }
}
