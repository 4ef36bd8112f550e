import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct CommitTests {
    @Test func aCommitIsWhatGitWouldMake() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("customer-service")
        try fixture.write(capsule, "run.sh", "#!/bin/sh\n", executable: true)
        #expect(try capsule.status().state == .new)
        let result = try #require(try fixture.commit(capsule, "First"))
        #expect(result.branch == "main")
        #expect(try fixture.git(capsule, "rev-parse", "main") == result.commit.hex)
        #expect(try fixture.git(capsule, "fsck", "--strict") == "")
        let status = try capsule.status()
        #expect(status.state == .clean)
        #expect(status.head == result.commit)

        // git's own tree of the same files.
        let directory = fixture.workspace.directoryPath(capsule.id)
        try Tool.git(["init", "-q"], in: directory)
        try Tool.git(["add", "-A"], in: directory)
        let tree = try Tool.git(["write-tree"], in: directory)
        try FileManager.default.removeItem(atPath: "\(directory)/.git")
        #expect(tree == result.tree.hex)

        let message = try fixture.git(capsule, "log", "-1", "--format=%B%an <%ae>")
        #expect(message == "First\n\nCapsule-Digest: \(result.digest)\nAda <ada@example.com>")
        // References are packed, never loose.
        #expect(
            try Tool.run("find", ["\(fixture.workspace.repositoryPath(capsule.id))/refs", "-type", "f"]).text == "")
    }

    @Test func nothingChangedMakesNoCommit() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        #expect(try fixture.commit(capsule) != nil)
        #expect(try fixture.commit(capsule) == nil)
    }

    @Test func aCommitWritesOnlyWhatIsNew() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        try fixture.write(capsule, "knowledge/rules/new.json", "{}\n")
        try fixture.commit(capsule)
        let packs = "\(fixture.workspace.repositoryPath(capsule.id))/objects/pack"
        let counts = try FileManager.default.contentsOfDirectory(atPath: packs).filter { $0.hasSuffix(".idx") }
            .map { index in
                try Tool.git(
                    ["show-index"], in: packs, input: Array(Data(contentsOf: URL(filePath: "\(packs)/\(index)")))
                )
                .split(separator: "\n").count
            }
        // The second pack: one blob, three trees, one commit.
        #expect(counts.sorted().first == 5)
        #expect(counts.count == 2)
    }

    @Test func changesAreSeen() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.commit(capsule)
        try fixture.write(capsule, "README.md", "other\n")
        try fixture.write(capsule, "added.txt", "new\n")
        try FileManager.default.removeItem(atPath: fixture.workspace.directoryPath(capsule.id) + "/CHANGELOG.md")
        let status = try capsule.status()
        #expect(status.state == .modified)
        #expect(
            status.changes.map { "\($0.status.letter) \($0.path.string)" } == [
                "D CHANGELOG.md", "M README.md", "A added.txt",
            ])
    }

    @Test func aSameSizedChangeIsSeen() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "data.txt", "0")
        try fixture.commit(capsule)
        for round in 1...20 {
            try fixture.write(capsule, "data.txt", "\(round % 10)")
            #expect(try capsule.status().state == .modified)
            #expect(try fixture.commit(capsule) != nil)
        }
    }

    @Test(arguments: [
        ("{\"id\": \"a\", \"name\": \"A\"}", "version"),
        ("{\"id\": \"a\", \"name\": 3, \"version\": \"1.0.0\"}", "name"),
        ("{\"id\": \"a\", \"id\": \"a\", \"name\": \"A\", \"version\": \"1.0.0\"}", "twice"),
        ("{\"id\": \"b\", \"name\": \"A\", \"version\": \"1.0.0\"}", "id is b"),
        ("{\"id\": \"a\", \"name\": \"A\", \"version\": \"1.0\"}", "version"),
        ("", "JSON"),
        (
            "{\"id\": \"a\", \"name\": \"A\", \"version\": \"1.0.0\", \"knowledgeAssets\": {\"rules\": [\"gone.json\"]}}",
            "gone.json"
        ),
    ])
    func aBadManifestIsRefused(manifest: String, word: String) throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "manifest.json", manifest)
        let error = #expect(throws: AmxError.self) { try fixture.commit(capsule) }
        #expect(error?.code == .failure)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(error?.hint != nil)
        #expect(!Directory.exists(fixture.workspace.repositoryPath(capsule.id)))
    }

    @Test func aSymbolicLinkIsRefusedUnlessIgnored() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        let link = fixture.workspace.directoryPath(capsule.id) + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/etc/passwd")
        let error = #expect(throws: AmxError.self) { try fixture.commit(capsule) }
        #expect(error?.message.contains("symbolic link") == true)
        try fixture.write(capsule, ".amxignore", "link\n")
        #expect(try fixture.commit(capsule) != nil)
    }

    @Test func aFolderOfOneBranchCannotBeWrittenTwiceAtOnce() async throws {
        let fixture = try WorkspaceFixture()
        let capsules = try (0..<8).map { try fixture.new("c\($0)") }
        await withTaskGroup(of: Void.self) { group in
            for capsule in capsules {
                group.addTask { _ = try? fixture.commit(capsule) }
                group.addTask { _ = try? fixture.commit(capsule) }
            }
        }
        for capsule in capsules {
            #expect(try fixture.git(capsule, "rev-list", "--count", "main") == "1")
            #expect(try capsule.status().state == .clean)
        }
    }
}
