import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// What releases contain is told from the cache only where the cache says it of the very manifest that was asked for.
@Suite struct ReleaseContentsTests {
    /// A workspace, and a repository elsewhere with one release that git made.
    private func made() throws -> (fixture: WorkspaceFixture, repository: String, release: Release) {
        let fixture = try WorkspaceFixture()
        let path = fixture.folder.appending("elsewhere")
        try Tool.git(["init", "-q", "-b", "main", path], in: fixture.folder.path)
        try fixture.folder.write(
            "elsewhere/manifest.json", text: #"{"id": "a", "name": "A", "version": "1.0.0"}"#, executable: false)
        try fixture.folder.write("elsewhere/rules/one.md", text: "Be kind.\n", executable: false)
        for words in [["add", "-A"], ["commit", "-q", "-m", "One"], ["tag", "-a", "-m", "One", "v1.0.0"]] {
            try Tool.git(["-c", "user.name=A", "-c", "user.email=a@example.com"] + words, in: path)
        }
        let repository = "\(path)/.git"
        return (fixture, repository, try #require(try ReleaseReader(CapsuleID("a")).releases(in: repository).first))
    }

    @Test func opensARepositoryOnce() throws {
        let (fixture, repository, release) = try made()
        let capsule = fixture.workspace.capsule(try CapsuleID("a"))
        let counted = try Repository(opening: repository).digest(ofTree: release.tree)
        do {
            let content = try ReleaseContents(fixture.workspace).content(release, of: capsule, at: repository)
            #expect(content.digest == counted && content.size == 53 && content.manifest.version.text == "1.0.0")
        }
        try Directory.remove(repository)
        let content = try ReleaseContents(fixture.workspace).content(release, of: capsule, at: repository)
        #expect(content.digest == counted && content.size == 53 && content.manifest.version.text == "1.0.0")
    }

    @Test func believesNoOtherManifest() throws {
        let (fixture, repository, release) = try made()
        let capsule = fixture.workspace.capsule(try CapsuleID("a"))
        let counted = try Repository(opening: repository).digest(ofTree: release.tree)
        let path = "\(fixture.workspace.cacheDirectory)/contents"
        var table = ContentTable()
        table.add(
            ContentTable.Entry(
                digest: ContentDigest(sha256: SHA256Hasher.hash(of: [])), size: 1,
                manifest: Array(#"{"id": "a", "name": "Other", "version": "1.0.0"}"#.utf8)), of: release.tree)
        AtomicFile.writeDerived(table.encoded(first: []), to: path)
        let content = try ReleaseContents(fixture.workspace).content(release, of: capsule, at: repository)
        #expect(content.manifest.name == "A" && content.digest == counted)
        // And puts it right; what is damaged is made anew as well.
        #expect(ContentTable(at: path)?[release.tree]?.digest == counted)
        try Data("AMXCNT2\nnothing".utf8).write(to: URL(filePath: path))
        #expect(
            try ReleaseContents(fixture.workspace).content(release, of: capsule, at: repository).digest == counted)
        #expect(ContentTable(at: path)?[release.tree]?.digest == counted)
    }
}
