import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// Merging trees: a table of what can happen to paths, and random text trees held against `git merge`.
@Suite struct TreeMergeTests {
    /// A repository whose trees are made of texts; a path that ends in `*` is executable.
    private struct Trees {
        let folder = try? TemporaryDirectory()
        let repository: Repository
        let path: String

        init() throws {
            path = try #require(folder).appending("r.git")
            repository = try Repository.create(at: path)
        }

        func files(_ texts: [String: String]) throws -> [FileEntry] {
            let staging = try ObjectStaging(for: path)
            var files: [FileEntry] = []
            for (name, text) in texts {
                let isExecutable = name.hasSuffix("*")
                let file = try TreePath(isExecutable ? String(name.dropLast()) : name)
                let id = try staging.add(Array(text.utf8), kind: .blob)
                files.append(FileEntry(path: file, mode: isExecutable ? .executable : .regular, id: id))
            }
            try staging.publish()
            try repository.refresh()
            return files.sorted { $0.path < $1.path }
        }

        func commit(_ files: [FileEntry], parents: [String]) throws -> String {
            let staging = try ObjectStaging(for: path)
            let tree = try staging.addTree(of: files)
            try staging.publish()
            return try Tool.git(
                ["commit-tree", tree.hex, "-m", "x"] + parents.flatMap { ["-p", $0] }, in: path)
        }

        func merge(
            _ base: [String: String], _ ours: [String: String], _ theirs: [String: String],
            favor: MergeSide? = nil
        ) throws -> MergedTree {
            try merge(files(base), files(ours), files(theirs), favor: favor)
        }

        func merge(
            _ base: [FileEntry], _ ours: [FileEntry], _ theirs: [FileEntry], favor: MergeSide? = nil
        ) throws -> MergedTree {
            try TreeMerge.merge(
                base: base, ours: ours, theirs: theirs, in: repository, kinds: FileKinds(),
                labels: MergeLabels(ours: "main", theirs: "topic"), favor: { _ in favor })
        }

        func text(_ tree: MergedTree) throws -> [String: String] {
            var texts: [String: String] = [:]
            for file in tree.files {
                let bytes = try tree.contents[file.id] ?? repository.read(file.id, as: .blob)
                texts[file.path.string + (file.mode == .executable ? "*" : "")] = String(decoding: bytes, as: UTF8.self)
            }
            return texts
        }
    }

    @Test(
        arguments: [
            // One side's changes are taken whole.
            (["a": "1"], ["a": "2"], ["a": "1"], ["a": "2"], [:]),
            (["a": "1"], ["a": "1"], ["a": "2"], ["a": "2"], [:]),
            (["a": "1", "b": "1"], ["a": "1"], ["b": "1"], [:], [:]),
            (["a": "1"], ["a": "1", "b": "2"], ["a": "1", "c/d": "3"], ["a": "1", "b": "2", "c/d": "3"], [:]),
            (["a": "1"], [:], [:], [:], [:]),
            (["a": "1"], ["a/b": "1"], ["a": "1"], ["a/b": "1"], [:]),
            // Modes.
            (["a": "1\n"], ["a*": "1\n"], ["a": "2\n"], ["a*": "2\n"], [:]),
            (["a*": "1\n"], ["a": "1\n"], ["a*": "1\n"], ["a": "1\n"], [:]),
            ([:], ["a*": "1\n"], ["a": "1\n"], ["a*": "1\n"], ["a": "mode"]),
            // Added on both sides.
            ([:], ["a": "1"], ["a": "1"], ["a": "1"], [:]),
            ([:], ["a": "1\n"], ["a": "2\n"], ["a": "<<<<<<< main\n1\n=======\n2\n>>>>>>> topic\n"], ["a": "text"]),
            ([:], ["a.json": #"{"x":1}"#], ["a.json": #"{"y":2}"#], ["a.json": #"{"x": 1, "y": 2}"#], [:]),
            // Changed here, removed there.
            (["a": "1"], ["a": "2"], [:], ["a": "2"], ["a": "removed"]),
            (["a": "1"], [:], ["a": "2"], ["a": "2"], ["a": "removed"]),
            // Moved here, changed there.
            (["a": "1\n"], ["b/c": "1\n"], ["a": "2\n"], ["b/c": "2\n"], [:]),
            (["a": "1\n"], ["a": "2\n"], ["c": "1\n"], ["c": "2\n"], [:]),
            (["a": "1\n"], ["b": "1\n"], ["c": "1\n"], ["b": "1\n", "c": "1\n"], [:]),
            (
                ["a": "1\n"], ["b": "1\n", "c": "1\n"], ["a": "2\n"], ["a": "2\n", "b": "1\n", "c": "1\n"],
                ["a": "removed"]
            ),
            (["a": ""], ["b": ""], ["a": "2\n"], ["a": "2\n", "b": ""], ["a": "removed"]),
            // Binaries.
            (
                ["a.png": "\0001"], ["a.png": "\0002"], ["a.png": "\0003"],
                ["a.png": "\0002", "a.theirs.png": "\0003"], ["a.png": "binary"]
            ),
            (
                ["x/.b": "\0001", "x/.b.theirs": "1"], ["x/.b": "\0002", "x/.b.theirs": "1"],
                ["x/.b": "\0003", "x/.b.theirs": "1"],
                ["x/.b": "\0002", "x/.b.theirs": "1", "x/.b.theirs-2": "\0003"], ["x/.b": "binary"]
            ),
            (
                ["a": "\0001", "A.Theirs": "1"], ["a": "\0002", "A.Theirs": "1"], ["a": "\0003", "A.Theirs": "1"],
                ["a": "\0002", "A.Theirs": "1", "a.theirs-2": "\0003"], ["a": "binary"]
            ),
            // A file here, a folder there.
            ([:], ["a": "1"], ["a/b": "2"], ["a.ours": "1", "a/b": "2"], ["a": "folder"]),
            ([:], ["a/b": "2"], ["a": "1"], ["a.theirs": "1", "a/b": "2"], ["a": "folder"]),
            (
                ["a.txt": "1"], ["a.txt/b": "2"], ["a.txt": "3"], ["a.theirs.txt": "3", "a.txt/b": "2"],
                ["a.txt": "folder"]
            ),
            (["a": "1"], ["a": "1"], ["a/b": "2"], ["a/b": "2"], [:]),
        ] as [([String: String], [String: String], [String: String], [String: String], [String: String])])
    func cases(
        base: [String: String], ours: [String: String], theirs: [String: String], merged: [String: String],
        conflicts: [String: String]
    ) throws {
        let trees = try Trees()
        let result = try trees.merge(base, ours, theirs)
        #expect(try trees.text(result) == merged)
        let found = result.conflicts.map { ($0.path.string, $0.kind.rawValue) }
        #expect(Dictionary(uniqueKeysWithValues: found) == conflicts)
        let mirrored = try trees.merge(base, theirs, ours)
        #expect(mirrored.conflicts.map(\.path) == result.conflicts.map(\.path))
        if conflicts.isEmpty, merged["a.json"] == nil { #expect(try trees.text(mirrored) == merged) }
        // A side settles everything but what names stand in the way of.
        if !conflicts.values.contains("folder") {
            #expect(try trees.merge(base, ours, theirs, favor: .theirs).conflicts.isEmpty)
        }
    }

    @Test func namesThatAreOneOnSomeSystemsAreRefused() throws {
        let trees = try Trees()
        for (ours, theirs) in [("a", "A"), ("x/é", "x/e\u{301}"), ("d/x", "D/y"), ("straße", "STRASSE")] {
            let error = #expect(throws: AmxError.self) { try trees.merge([:], [ours: "1"], [theirs: "2"]) }
            #expect(error?.code == .conflict)
        }
        // Renaming in case only is no such thing.
        #expect(try trees.text(trees.merge(["a": "1\n"], ["A": "1\n"], ["a": "2\n"])) == ["A": "2\n"])
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func agreesWithGitOnTextTrees(seed: UInt64) throws {
        let trees = try Trees()
        var random = RandomTrees(seed: seed)
        var (clean, conflicting) = (0, 0)
        for _ in 0..<40 {
            let base = random.tree()
            let (ours, theirs) = (random.changed(base), random.changed(base))
            let files = try [base, ours, theirs].map { try trees.files($0) }
            let root = try trees.commit(files[0], parents: [])
            let (left, right) = (
                try trees.commit(files[1], parents: [root]), try trees.commit(files[2], parents: [root])
            )
            let git = try Tool.run(
                "git",
                [
                    "-c", "merge.renames=false", "-c", "merge.directoryRenames=false", "merge-tree", "--write-tree",
                    "--name-only", "--no-messages", left, right,
                ], in: trees.path, environment: Tool.gitEnvironment)
            let merged = try trees.merge(files[0], files[1], files[2])
            #expect(merged.conflicts.isEmpty == (git.status == 0), "\(base)\n\(ours)\n\(theirs)\n\(git.text)")
            if git.status == 0 {
                clean += 1
                let staging = try ObjectStaging(for: trees.path)
                for content in merged.contents.values { try staging.add(content, kind: .blob) }
                #expect(try staging.addTree(of: merged.files).hex == git.text.prefix(40))
                let mirrored = try trees.merge(files[0], files[2], files[1])
                #expect(mirrored.files == merged.files && mirrored.conflicts.isEmpty)
            } else {
                conflicting += 1
                let paths = Set(git.text.split(separator: "\n").dropFirst().map(String.init))
                #expect(Set(merged.conflicts.map(\.path.string)) == paths)
            }
            // With oneself it is nothing, of one side all.
            for side in files {
                let same = try trees.merge(files[0], side, side)
                #expect(same.files == side && same.conflicts.isEmpty && same.contents.isEmpty)
                #expect(try trees.merge(files[0], side, files[0]).files == side)
                #expect(try trees.merge(files[0], files[0], side).files == side)
            }
        }
        #expect(clean > 5 && conflicting > 5)
    }

    @Test func aCrissCrossMergesItsBasesFirst() throws {
        let trees = try Trees()
        let text = (1...12).map { "line \($0)\n" }
        func changed(_ changes: [Int: String]) -> [String: String] {
            ["f": text.enumerated().map { changes[$0.offset].map { "\($0)\n" } ?? $0.element }.joined()]
        }
        let root = try trees.commit(trees.files(changed([:])), parents: [])
        let one = try trees.commit(trees.files(changed([0: "one"])), parents: [root])
        let two = try trees.commit(trees.files(changed([11: "two"])), parents: [root])
        // Both sides merge both, and then one of them takes a change back.
        let left = try trees.commit(trees.files(changed([11: "two", 5: "left"])), parents: [one, two])
        let right = try trees.commit(trees.files(changed([0: "one", 11: "two"])), parents: [two, one])
        let walk = CommitWalk(trees.repository)
        let ids = try [left, right].map { try #require(ObjectID(hex: $0)) }
        #expect(try walk.mergeBases(ids[0], ids[1]).count == 2)
        let base = try #require(try MergeBase.find(ids[0], ids[1], in: trees.repository, kinds: FileKinds()))
        let merged = try TreeMerge.merge(
            base: base.files, ours: trees.repository.files(ofTree: trees.repository.commit(ids[0]).tree),
            theirs: trees.repository.files(ofTree: trees.repository.commit(ids[1]).tree), in: trees.repository,
            kinds: FileKinds(), labels: MergeLabels(ours: "a", theirs: "b"), contents: base.contents)
        #expect(merged.conflicts.isEmpty)
        // With either base alone, one of the three changes would be lost.
        #expect(try trees.text(merged) == changed([11: "two", 5: "left"]))
        let git = try Tool.run("git", ["merge-tree", "--write-tree", left, right], in: trees.path)
        #expect(git.status == 0)
        let shown = try Tool.run("git", ["show", "\(git.text.prefix(40)):f"], in: trees.path)
        #expect(shown.text == changed([11: "two", 5: "left"])["f"])
    }
}
