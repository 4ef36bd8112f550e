import Capsules
import Objects
import TestSupport
import Testing
import Versions

/// What is read of a capsule's tags, with what git itself says of them.
@Suite struct ReleaseReaderTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test func readsWhatGitSees() throws {
        let store = try ReleaseStore()
        let versions = [
            "1.0.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "2.0.0-rc.10", "2.0.0-rc.2", "2.0.0", "2.0.0+b", "2.0.0+a",
        ]
        let made = try store.release("a.b", versions: versions) { version in
            "\"dependencies\": {\"x\": \"^\(version)\", \"acme/y\": {\"operator\": \">=\", \"version\": \"1.0.0\", \"prerelease\": true}},"
                + "\"peerDependencies\": {\"p\": \"1.0.0 || ^2.0.0\"}, \"optionalDependencies\": {\"o\": \"latest\"},"
                + "\"devDependencies\": {\"d\": \"*\".replaced}".replacing("\"*\".replaced", with: "\"~1.0.0\"")
        }
        let releases = try store.releases("a.b")
        #expect(
            releases.map(\.version.text) == [
                "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "2.0.0-rc.2", "2.0.0-rc.10", "2.0.0", "2.0.0+a", "2.0.0+b",
            ])
        for release in releases {
            let place = try #require(versions.firstIndex(of: release.version.text))
            #expect(release.commit == made[place].commit && release.tag == made[place].tag)
            let resolved = try Tool.git(
                [
                    "rev-parse", release.name, "\(release.name)^{commit}", "\(release.name)^{tree}",
                    "\(release.name):manifest.json",
                ],
                in: store.path("a.b"))
            #expect(
                resolved
                    == [release.tag, release.commit, release.tree, release.manifest].map(\.hex).joined(separator: "\n"))
            #expect(release.problem == nil && release.digest == nil && !release.isYanked)
            #expect(
                release.dependencies.map {
                    "\($0.kind) \($0.owner?.string ?? "-") \($0.id) \($0.constraint) \($0.constraint.prerelease)"
                }
                    == [
                        "required - x ^\(release.version.text) false", "required acme y >=1.0.0 true",
                        "peer - p =1.0.0 || ^2.0.0 false", "optional - o latest false", "development - d ~1.0.0 false",
                    ])
        }
    }

    /// A repository that git alone made: loose and packed references, a tag under another name, a tag of a tag, one without annotation.
    @Test func readsRepositoriesOfGit() throws {
        let history = try CapsuleHistory()
        let first = try history.commit(version: "1.0.0")
        let tag = try history.tag("v1.0.0")
        try history.commit(version: "1.1.0", message: "Change\n\nCapsule-Digest: \(Self.digest)")
        _ = try history.tag("v1.1.0")
        try Tool.git(["pack-refs", "--all"], in: history.path)
        try history.commit(
            version: "1.2.0", message: "Change\n\nCapsule-Digest: sha256:\(String(repeating: "00", count: 32))")
        _ = try history.tag("v1.2.0", message: "Release\n\nCapsule-Digest: \(Self.digest)")
        try Tool.git(["tag", "v1.3.0"], in: history.path)
        try Tool.git(["tag", "-a", "-m", "Release", "v1.4.0", "v1.2.0"], in: history.path)
        try Tool.git(["tag", "-a", "-m", "Release", "v1.5.0", "HEAD^{tree}"], in: history.path)
        try Tool.git(["update-ref", "refs/tags/v1.6.0", "refs/tags/v1.2.0"], in: history.path)
        for other in ["v1", "vacation", "1.0.0", "v01.0.0"] { try Tool.git(["tag", other], in: history.path) }
        let path = "\(history.path)/.git"
        let reader = ReleaseReader(try CapsuleID("a.b"), memory: ManifestMemory())
        let releases = try reader.releases(in: path)
        #expect(releases.map(\.name) == (0...6).map { "v1.\($0).0" })
        #expect(
            releases.map(\.problem) == [
                nil, nil, nil, "it is not an annotated tag, but names a commit itself",
                "its tag is of a tag, not of a commit", "its tag is of a tree, not of a commit",
                "its tag was made as v1.2.0",
            ])
        #expect(releases[0].commit == first && releases[0].tag == tag)
        #expect(releases.map(\.digest?.text) == [nil, Self.digest, Self.digest, nil, nil, nil, nil])
        // The same through a table, and from the table alone once the references are packed.
        let table = history.folder.appending("cache/table")
        for _ in 0..<2 { #expect(try reader.releases(in: path, table: table) == releases) }
        try Tool.git(["pack-refs", "--all"], in: history.path)
        #expect(try reader.releases(in: path, table: table) == releases)
        let clone = history.folder.appending("clone.git")
        try Tool.git(["clone", "-q", "--bare", "--no-local", history.path, clone], in: history.folder.path)
        #expect(try reader.releases(in: clone) == releases)
    }

    @Test(arguments: [
        (ReleaseStore.Draft("1.0.0", manifest: ""), "its commit has no manifest.json"),
        (
            ReleaseStore.Draft("1.0.0", manifest: ReleaseStore.manifest("b", "1.0.0")),
            "its manifest says that the id is b"
        ),
        (
            ReleaseStore.Draft("1.0.0", manifest: ReleaseStore.manifest("a.b", "1.0.1")),
            "its manifest has version 1.0.1"
        ),
        (
            ReleaseStore.Draft("1.0.0+x", manifest: ReleaseStore.manifest("a.b", "1.0.0")),
            "its manifest has version 1.0.0"
        ),
        (ReleaseStore.Draft("1.0.0", innerName: "v2.0.0"), "its tag was made as v2.0.0"),
        (ReleaseStore.Draft("1.0.0", tagMessage: "R\n\nCapsule-Digest: md5:1"), "its digest is none: md5:1"),
        (
            ReleaseStore.Draft(
                "1.0.0", tagMessage: "R\n\nCapsule-Digest: \(digest)\nCapsule-Digest: \(digest.dropLast())0"),
            "it states several digests"
        ),
        (ReleaseStore.Draft("1.0.0", further: ["amx.json": "{}"]), "it is of a workspace's commit"),
        (
            ReleaseStore.Draft("1.0.0", manifest: "", further: ["manifest.json/a": "x"]),
            "manifest.json of its commit is not a regular file"
        ),
        (
            ReleaseStore.Draft("1.0.0", manifest: "{\"id\": \"a.b\",}"),
            "manifest.json is not valid: line 1, column 14: $: expected valid JSON, found a comma with nothing after it"
        ),
        (
            ReleaseStore.Draft("1.0.0", manifest: "{\"id\": \"a.b\", \"id\": \"b\"}"),
            "manifest.json is not valid: line 1, column 15: $: expected valid JSON, found the key \"id\" stands twice in its object"
        ),
        (
            ReleaseStore.Draft("1.0.0", manifest: String(repeating: "[", count: 100_000)),
            "manifest.json is not valid: line 1, column 65: $: expected valid JSON, found too many open brackets"
        ),
        (
            ReleaseStore.Draft(
                "1.0.0", manifest: ReleaseStore.manifest("a.b", "1.0.0", "\"dependencies\": {\"x\": \"1\"}")),
            "manifest.json is not valid: line 1, column 70: $.dependencies.x: expected a version constraint ('1' is not a full version: a version has three numbers, as in 1.2.0), found \"1\""
        ),
        (
            ReleaseStore.Draft(
                "1.0.0",
                manifest: ReleaseStore.manifest(
                    "a.b", "1.0.0", "\"x\": \"" + String(repeating: "x", count: 1 << 20) + "\"")),
            "manifest.json has 1048631 bytes: the limit 'manifestBytes' is 1048576"
        ),
    ])
    func saysWhyAReleaseCannotBeUsed(draft: ReleaseStore.Draft, problem: String) throws {
        let store = try ReleaseStore()
        let made = try store.release("a.b", [draft, ReleaseStore.Draft("2.0.0")])
        for _ in 0..<2 {
            let releases = try store.releases("a.b")
            #expect(releases.map(\.version.text) == [draft.version, "2.0.0"])
            #expect(releases.map(\.problem) == [problem, nil])
            #expect(releases.first?.commit == made[0].commit || draft.innerName != nil)
        }
        #expect(ReleaseTable(at: store.table("a.b"), of: try CapsuleID("a.b"))?.releases.count == 2)
    }

    /// Symbolic links, other kinds of objects than their entries say, and objects that are not there.
    @Test func readsTreesThatNoDoorLetsThrough() throws {
        let history = try CapsuleHistory()
        try history.commit(version: "1.0.0")
        let path = history.path
        let blob = try Tool.git(["rev-parse", "HEAD:manifest.json"], in: path)
        let folder = try Tool.git(["rev-parse", "HEAD:docs"], in: path)
        func release(_ version: String, _ tree: String) throws {
            let id = try Tool.git(["mktree", "--missing"], in: path, input: Array(tree.utf8))
            let commit = try Tool.git(["commit-tree", "-m", "Change", id], in: path)
            _ = try history.tag("v\(version)", of: commit)
        }
        let missing = String(repeating: "12", count: 20)
        try release("1.0.0", "120000 blob \(blob)\tmanifest.json\n")
        try release("1.1.0", "160000 commit \(missing)\tmanifest.json\n")
        try release("1.2.0", "100644 blob \(missing)\tmanifest.json\n")
        // git's mktree takes an object for what it is: such a tree is only written by hand.
        let raw = Array("100644 manifest.json\0".utf8) + (ObjectID(hex: folder)?.bytes ?? [])
        let id = try Tool.git(["hash-object", "-w", "--literally", "-t", "tree", "--stdin"], in: path, input: raw)
        _ = try history.tag("v1.3.0", of: try Tool.git(["commit-tree", "-m", "Change", id], in: path))
        try Tool.git(["update-ref", "refs/heads/x", "HEAD"], in: path)
        try history.folder.write("work/.git/refs/tags/v1.4.0", text: "\(missing)\n")
        let table = history.folder.appending("cache/table")
        let reader = ReleaseReader(try CapsuleID("a.b"), memory: ManifestMemory())
        let releases = try reader.releases(in: "\(path)/.git", table: table)
        #expect(
            releases.map(\.problem) == [
                "manifest.json of its commit is not a regular file",
                "manifest.json of its commit is not a regular file",
                "its manifest.json is not in the repository: object \(missing)", "its manifest.json is a tree",
                "its tag is not in the repository: object \(missing)",
            ])
        #expect(!Directory.exists(table), "what is missing may come")
    }

    @Test func parsesEqualManifestsOnce() throws {
        let store = try ReleaseStore()
        let memory = ManifestMemory()
        try store.release("a", versions: ["1.0.0", "1.1.0"])
        #expect(try store.releases("a", memory: memory).count == 2)
        #expect(memory.parsed == 2)
        let reader = ReleaseReader(try CapsuleID("a"), memory: memory)
        #expect(try reader.releases(in: store.path("a")).count == 2)
        #expect(memory.parsed == 2)
    }

    @Test func refusesWhatIsNoRepository() throws {
        let store = try ReleaseStore()
        let reader = ReleaseReader(try CapsuleID("a"))
        func code(_ path: String) -> AmxError.Code? {
            do throws(AmxError) { _ = try reader.releases(in: path) } catch { return error.code }
            return nil
        }
        #expect(code(store.path("a")) == .notFound)
        try store.folder.write("store/a.git/packed-refs", text: "torn")
        #expect(code(store.path("a")) == .verification)
        try store.release("b", versions: ["1.0.0"])
        try store.folder.write("store/b.git/objects/info/alternates", text: "/elsewhere\n")
        #expect(code(store.path("b")) == .verification)
    }
}
