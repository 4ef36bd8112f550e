import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@Suite("Differences: moved files")
struct RenameTests {
    private static func lines(_ range: Range<Int>, _ word: String = "line") -> String {
        range.map { "\(word) \($0) of some text\n" }.joined()
    }

    @Test("finds equal and similar files, each once")
    func finds() throws {
        let old = try MemoryContent(
            texts: [
                "a/x.md": Self.lines(0..<20), "b/y.md": Self.lines(0..<20, "other"), "c.txt": "gone\n", "same": "1",
            ])
        let new = try MemoryContent(
            texts: ["d/x.md": Self.lines(0..<20), "b/z.md": Self.lines(0..<15, "other"), "e.txt": "new\n", "same": "1"])
        let files = try old.difference(to: new).files
        #expect(
            files.map {
                "\($0.operation.rawValue) \($0.renamedFrom?.string ?? "-") \($0.path) \($0.change.similarity ?? -1)"
            }
                == [
                    "move b/y.md b/z.md 74", "delete - c.txt -1", "move a/x.md d/x.md 100", "create - e.txt -1",
                ])
        #expect(try old.difference(to: new, findsRenames: false).files.allSatisfy { $0.operation != .move })
    }

    @Test("agrees with git about random trees of text")
    func agreesWithGit() throws {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<12 {
            // Distinct texts, some of which are moved, edited, removed or added.
            var before: [String: String] = [:]
            for index in 0..<8 {
                before["f\(index)/n\(index).txt"] = Self.lines(0..<Int.random(in: 8...40, using: &random), "w\(index)")
            }
            var after: [String: String] = [:]
            for (path, text) in before.sorted(by: { $0.key < $1.key }) {
                var lines = text.split(separator: "\n").map(String.init)
                for _ in 0..<Int.random(in: 0...lines.count, using: &random) {
                    lines[Int.random(in: 0..<lines.count, using: &random)] =
                        "anew \(random.next()) with words of its own"
                }
                let edited = lines.joined(separator: "\n") + "\n"
                switch Int.random(in: 0...4, using: &random) {
                case 0: after[path] = edited
                case 1: after["moved/\(path)"] = text
                case 2, 3: after["other/\(random.next() % 1_000)-\(path.suffix(6))"] = edited
                default: break
                }
            }
            let old = try MemoryContent(texts: before)
            let new = try MemoryContent(texts: after)
            let ours = try old.difference(to: new).files.map { file in
                let letter =
                    switch file.operation {
                    case .create: "A"
                    case .update: "M"
                    case .delete: "D"
                    case .move: "R"
                    }
                return ([letter] + [file.renamedFrom?.string, file.path.string].compactMap(\.self)).joined(
                    separator: "\t")
            }
            #expect(ours.sorted() == (try Self.git(before, after)))
        }
    }

    /// What `git diff -M --name-status` says, without the similarity.
    private static func git(_ before: [String: String], _ after: [String: String]) throws -> [String] {
        let folder = try TemporaryDirectory("amx-rename")
        try Tool.git(["init", "-q"], in: folder.path)
        var trees: [String] = []
        for files in [before, after] {
            try? FileManager.default.removeItem(atPath: folder.appending(".git/index"))
            for (path, text) in files { try folder.write(path, text: text) }
            try Tool.git(["add", "--"] + files.keys, in: folder.path)
            trees.append(try Tool.git(["write-tree"], in: folder.path))
        }
        return try Tool.git(["diff", "-M", "--name-status"] + trees, in: folder.path).split(separator: "\n").map {
            line in
            line.hasPrefix("R") ? "R" + line.drop { $0 != "\t" } : String(line)
        }.sorted()
    }

    @Test("vectors and large files are moved only when they are equal")
    func onlyIdentity() throws {
        let vectors = [UInt8](repeating: 0, count: 4_000)
        let large = [UInt8](repeating: 0x61, count: 3 << 20)
        let old = try MemoryContent(["a.f32": vectors, "b.txt": large, "c.f32": vectors + [1]])
        let new = try MemoryContent(["d.f32": vectors, "e.txt": large + [0x62], "f.f32": vectors + [2]])
        let moved = try old.difference(to: new).files.filter { $0.operation == .move }
        #expect(moved.map(\.path.string) == ["d.f32"])
    }

    @Test("thousands of files that went and came cost little")
    func isBounded() throws {
        let old = try MemoryContent(
            texts: Dictionary(uniqueKeysWithValues: (0..<1_500).map { ("old/\($0).txt", "text \($0)\nmore\n") }))
        let new = try MemoryContent(
            texts: Dictionary(uniqueKeysWithValues: (0..<1_500).map { ("new/\($0).md", "other \($0)\nwords\n") }))
        let start = ProcessorTime.now
        #expect(try old.difference(to: new).files.count == 3_000)
        #expect(ProcessorTime.now - start < .seconds(20))
    }

    @Test("applying the files of a difference to one side gives the other, on random trees")
    func applies() throws {
        var random = SeededGenerator(seed: 5)
        let names = ["a", "b", "dir/c", "dir/d", "e.json", "f.yaml", "g.jsonl", "manifest.json", "x/y/z"]
        func tree() -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            for name in names where Bool.random(using: &random) {
                let texts = [
                    "", "{}", "{\"id\": 1}\n", "[1, 2]", Self.lines(0..<9), Self.lines(1..<10), "a: 1\n", "\0\u{1}",
                ]
                files[name] = Array((texts.randomElement(using: &random) ?? "").utf8)
            }
            return files
        }
        for _ in 0..<400 {
            let (before, after) = (tree(), tree())
            let old = try MemoryContent(before, executable: Bool.random(using: &random) ? ["a"] : [])
            let new = try MemoryContent(after)
            let difference = try old.difference(to: new)
            var result = old.files
            for file in difference.files {
                if let from = file.change.from { result[from.path] = nil }
            }
            for file in difference.files {
                _ = try difference.detail(of: file)
                if let to = file.change.to { result[to.path] = to }
                switch file.operation {
                case .create: #expect(file.change.from == nil && old.files[file.path] == nil)
                case .delete: #expect(file.change.to == nil && new.files[file.path] == nil)
                case .update: #expect(file.change.from?.path == file.change.to?.path)
                case .move: #expect(file.renamedFrom.flatMap { old.files[$0] } != nil)
                }
            }
            #expect(result == new.files)
            #expect(difference.files.map(\.path) == difference.files.map(\.path).sorted())
            #expect(try new.difference(to: new).files.isEmpty)
        }
    }
}
