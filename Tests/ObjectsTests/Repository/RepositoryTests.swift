import Foundation
import TestSupport
import Testing

@testable import Objects

/// Making, opening and reading repositories, with git as the oracle.
struct RepositoryTests {
    private func code(_ body: () throws -> Void) -> AmxError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? AmxError)?.code
        }
    }

    /// Makes a commit of some files in a bare repository through git alone.
    private func commit(_ files: [(String, String)], in path: String, parents: [String] = []) throws -> String {
        var stream = "commit refs/heads/main\ncommitter T <t@e.x> 1600000000 +0200\ndata 2\nm\n"
        if let parent = parents.first { stream += "from \(parent)\n" }
        for (name, content) in files {
            let mode = name.hasSuffix(".sh") ? "100755" : "100644"
            stream += "M \(mode) inline \(name)\ndata \(content.utf8.count)\n\(content)\n"
        }
        try Tool.git(["fast-import", "--quiet"], in: path, input: Array(stream.utf8))
        return try Tool.git(["rev-parse", "main"], in: path)
    }

    @Test func createdRepositoriesAreGits() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("deep/er/r.git")
        let repository = try Repository.create(at: path, defaultBranch: "trunk")
        #expect(try repository.refs.head().branch?.string == "refs/heads/trunk")
        #expect(try Tool.git(["symbolic-ref", "HEAD"], in: path) == "refs/heads/trunk")
        #expect(try Tool.git(["rev-parse", "--is-bare-repository"], in: path) == "true")
        #expect(try Tool.git(["fsck", "--strict"], in: path).isEmpty)
        #expect(code { _ = try Repository.create(at: path) } == .conflict)
        #expect(code { _ = try Repository.create(at: folder.appending("x.git"), defaultBranch: "a..b") } == .failure)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending("deep/er"))
        #expect(left == ["r.git"])
    }

    @Test func whatIsNoRepositoryIsNotFound() throws {
        let folder = try TemporaryDirectory()
        #expect(code { _ = try Repository(opening: folder.appending("none")) } == .notFound)
        try folder.write("file", text: "x")
        #expect(code { _ = try Repository(opening: folder.appending("file")) } == .notFound)
        try folder.write("dir/x", text: "x")
        #expect(code { _ = try Repository(opening: folder.appending("dir")) } == .notFound)
    }

    @Test func otherFormatsAreRefused() throws {
        let folder = try TemporaryDirectory()
        try Tool.git(["init", "-q", "--bare", "--object-format=sha256", "s.git"], in: folder.path)
        #expect(code { _ = try Repository(opening: folder.appending("s.git")) } == .failure)
    }

    @Test func repositoriesThatReachElsewhereAreRefused() throws {
        let folder = try TemporaryDirectory()
        let victim = folder.appending("victim.git")
        _ = try Repository.create(at: victim)
        _ = try commit([("secret", "s")], in: victim)
        try Tool.git(["clone", "-q", "--bare", "--shared", victim, "shared.git"], in: folder.path)
        #expect(code { _ = try Repository(opening: folder.appending("shared.git")) } == .verification)

        for name in ["objects", "refs", "HEAD", "objects/pack"] {
            let path = folder.appending("l-\(name.replacing("/", with: "-")).git")
            _ = try Repository.create(at: path)
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/\(name)", withDestinationPath: "\(victim)/\(name)")
            #expect(code { _ = try Repository(opening: path) } == .verification, "\(name)")
        }
        let pipe = folder.appending("p.git")
        _ = try Repository.create(at: pipe)
        try FileManager.default.removeItem(atPath: pipe + "/config")
        #expect(mkfifo(pipe + "/config", 0o644) == 0)
        #expect(code { _ = try Repository(opening: pipe) } == .verification)

        let worktree = folder.appending("w.git")
        _ = try Repository.create(at: worktree)
        try folder.write("w.git/commondir", text: victim + "\n")
        #expect(code { _ = try Repository(opening: worktree) } == .verification)
    }

    @Test func objectsAreReadAsGitReadsThem() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        let repository = try Repository.create(at: path)
        let files = [
            ("a", "1"), ("a.b", "2"), ("b/run.sh", "3"), ("b/c/d", "4"), ("b-c", "5"), ("manifest.json", "{}"),
        ]
        let head = try commit(files, in: path)
        try repository.refresh()
        let id = try RefFixture.id(head)
        let tree = try repository.commit(id).tree
        let listing = try repository.files(ofTree: tree).map {
            "\($0.mode == .executable ? "100755" : "100644") blob \($0.id)\t\($0.path)"
        }
        // Git lists in tree order, which is the order of whole paths.
        #expect(try listing == Tool.git(["ls-tree", "-r", head], in: path).split(separator: "\n").map(String.init))
        for entry in try repository.entries(ofTree: tree) {
            let kind = try Tool.git(["cat-file", "-t", entry.id.hex], in: path)
            #expect(try repository.header(entry.id)?.kind.rawValue == kind)
            let size = try Tool.git(["cat-file", "-s", entry.id.hex], in: path)
            #expect(try repository.header(entry.id).map { "\($0.size)" } == size)
        }
        #expect(try repository.read(repository.files(ofTree: tree)[0].id, as: .blob) == Array("1".utf8))
        #expect(code { _ = try repository.read(id, as: .blob) } == .verification)
        let absent = try RefFixture.id(String(repeating: "9", count: 40))
        #expect(code { _ = try repository.read(absent, as: .blob) } == .notFound)
        #expect(try repository.header(absent) == nil)
        #expect(!repository.contains(absent))
    }

    @Test func treesThatBreakTheRulesAreRefused() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        let repository = try Repository.create(at: path)
        let blob = try Tool.git(["hash-object", "-w", "--stdin"], in: path)
        let absent = String(repeating: "8", count: 40)
        for entry in ["120000 blob \(blob)\tlink", "100644 blob \(blob)\tCON", "160000 commit \(absent)\tmodule"] {
            let tree = try Tool.git(["mktree", "--missing"], in: path, input: Array((entry + "\n").utf8))
            #expect(throws: AmxError.self) { try repository.files(ofTree: RefFixture.id(tree)) }
        }
    }

    @Test func tagsArePeeled() throws {
        let fixture = try RefFixture()
        let repository = try Repository(opening: fixture.path)
        #expect(try repository.peel(fixture.nestedTag).id == fixture.commits[0])
        #expect(try repository.peelToCommit(fixture.tag) == fixture.commits[0])
        #expect(try repository.peel(fixture.commits[1]).kind == .commit)
        let tree = try repository.commit(fixture.commits[0]).tree
        #expect(code { _ = try repository.peelToCommit(tree) } == .failure)
        // A chain longer than anyone needs.
        var target = (fixture.nestedTag, "tag")
        for index in 0..<20 {
            let text = "object \(target.0)\ntype \(target.1)\ntag x\(index)\ntagger T <t@e.x> 1 +0000\n\n"
            target.0 = try RefFixture.id(fixture.git("hash-object", "-t", "tag", "-w", "--stdin", input: text))
        }
        #expect(code { _ = try repository.peel(target.0) } == .verification)
    }

    @Test func prefixesAreResolvedAsGitDoes() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        _ = try Repository.create(at: path)
        // Enough commits and blobs that four digits are often ambiguous.
        var stream = ""
        for index in 1...1_500 {
            stream += "commit refs/heads/main\ncommitter T <t@e.x> \(1_600_000_000 + index) +0000\ndata 0\n"
            let content = "content \(index)"
            stream += "M 100644 inline f\ndata \(content.utf8.count)\n\(content)\n"
        }
        try Tool.git(["fast-import", "--quiet"], in: path, input: Array(stream.utf8))
        let repository = try Repository(opening: path)
        let all = try Tool.git(["rev-list", "--objects", "main"], in: path).split(separator: "\n").map { $0.prefix(40) }
        let commits = try Tool.git(["rev-list", "main"], in: path).split(separator: "\n").map(String.init)
        var mixed = 0
        for commit in commits.prefix(400) {
            let prefix = String(commit.prefix(4))
            let others = commits.filter { $0.hasPrefix(prefix) }
            if all.filter({ $0.hasPrefix(prefix) }).count > others.count { mixed += 1 }
            if others.count > 1 {
                #expect(code { _ = try repository.commits(withPrefix: prefix) } == .notFound)
            } else {
                #expect(try repository.commits(withPrefix: prefix).map(\.hex) == [commit])
            }
        }
        #expect(mixed > 0, "no prefix was shared with another kind of object")
        #expect(try repository.commits(withPrefix: commits[7]).map(\.hex) == [commits[7]])
        #expect(
            try repository.commits(withPrefix: String(commits[7].prefix(12)).uppercased()).map(\.hex) == [commits[7]])
        for bad in ["", "abc", "zzzzzzz", "0123456\0", String(repeating: "0", count: 41), "HEAD~1", commits[7] + "0"] {
            #expect(try repository.commits(withPrefix: bad).isEmpty)
        }
    }

    @Test func othersPacksAreSeenAfterARefresh() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        let repository = try Repository.create(at: path)
        let staging = try ObjectStaging(for: path)
        let id = try staging.add(Array("new".utf8), kind: .blob)
        #expect(!repository.contains(id))
        try staging.publish()
        try repository.refresh()
        #expect(repository.contains(id))
    }
}
