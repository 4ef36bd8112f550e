import Foundation
import TestSupport
import Testing

@testable import Objects

/// Trees, commits and tags that git's strictest check refuses are refused, and more.
struct ObjectFormTests {
    /// A sound blob, tree and commit that the cases refer to.
    struct Ground {
        var bytes = PackBytes()
        let blob: ObjectID
        let tree: ObjectID
        let commit: ObjectID

        init() throws {
            blob = try bytes.add(.blob, Array("content\n".utf8))
            tree = try bytes.add(.tree, Ground.entry("100644", "a", blob))
            commit = try bytes.add(.commit, Array(Ground.commit(tree).utf8))
        }

        static let who = "A <a@example.com> 1700000000 +0100"

        static func commit(_ tree: ObjectID) -> String { "tree \(tree)\nauthor \(who)\ncommitter \(who)\n\nMessage\n" }

        static func entry(_ mode: String, _ name: String, _ id: ObjectID) -> [UInt8] {
            entry(mode, Array(name.utf8), id)
        }

        static func entry(_ mode: String, _ name: [UInt8], _ id: ObjectID) -> [UInt8] {
            Array("\(mode) ".utf8) + name + [0] + id.bytes
        }

        func file(_ name: String) -> [UInt8] { Self.entry("100644", name, blob) }
        func folder(_ name: String) -> [UInt8] { Self.entry("40000", name, tree) }
    }

    /// Our verdict on a pack, and git's.
    private func verdicts(_ pack: [UInt8]) throws -> (ours: AmxError?, git: String?) {
        let folder = try TemporaryDirectory()
        let repository = try GitFixture.bare(folder.appending("ours.git"))
        var ours: AmxError?
        do { try GitFixture.receive(pack, into: repository) } catch let error as AmxError { ours = error }
        if ours != nil { try GitFixture.expectUntouched(repository) }
        try Tool.git(["init", "-q", "--bare", folder.appending("git.git")], in: folder.path)
        let outcome = try Tool.run(
            "git", ["index-pack", "--strict", "--stdin"], in: folder.appending("git.git"),
            environment: Tool.gitEnvironment, input: pack)
        return (ours, outcome.status == 0 ? nil : outcome.errors)
    }

    private func expect(
        _ accepted: Bool, _ kind: ObjectKind, _ content: [UInt8], on ground: Ground, _ name: String,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var ground = ground
        try ground.bytes.add(kind, content)
        let (ours, git) = try verdicts(ground.bytes.pack())
        #expect((ours == nil) == accepted, "\(name): \(String(describing: ours))", sourceLocation: location)
        if accepted { #expect(git == nil, "\(name): \(git ?? "")", sourceLocation: location) }
    }

    static let trees: [(name: String, accepted: Bool, content: @Sendable (Ground) -> [UInt8])] = [
        ("empty", true, { _ in [] }),
        ("file and folder", true, { $0.file("b") + $0.folder("c") }),
        ("executable", true, { Ground.entry("100755", "run", $0.blob) }),
        ("git's order of folders", true, { $0.file("foo.bar") + $0.folder("foo") + $0.file("foo0") }),
        ("folder before its time", false, { $0.folder("foo") + $0.file("foo.bar") }),
        ("unsorted", false, { $0.file("b") + $0.file("a") }),
        ("twice", false, { $0.file("a") + $0.file("a") }),
        ("file and folder of a name", false, { $0.file("foo") + $0.folder("foo") }),
        ("file and folder, apart", false, { $0.file("foo") + $0.file("foo.bar") + $0.folder("foo") }),
        ("symbolic link", false, { Ground.entry("120000", "a", $0.blob) }),
        ("submodule", false, { Ground.entry("160000", "a", $0.commit) }),
        ("mode 100664", false, { Ground.entry("100664", "a", $0.blob) }),
        ("mode 100600", false, { Ground.entry("100600", "a", $0.blob) }),
        ("zero-padded mode", false, { Ground.entry("040000", "a", $0.tree) }),
        ("mode 0", false, { Ground.entry("0", "a", $0.blob) }),
        ("no mode", false, { Ground.entry("", "a", $0.blob) }),
        ("mode that is no number", false, { Ground.entry("10x644", "a", $0.blob) }),
        ("huge mode", false, { Ground.entry("100000100644", "a", $0.blob) }),
        ("null id", false, { _ in Ground.entry("100644", "a", .zero) }),
        ("no name", false, { $0.file("") }),
        ("dot", false, { $0.file(".") }),
        ("dot dot", false, { $0.folder("..") }),
        ("slash", false, { $0.file("a/b") }),
        (".git", false, { $0.folder(".git") }),
        (".GIT", false, { $0.folder(".GIT") }),
        ("git~1", false, { $0.folder("git~1") }),
        (".git with an ignorable", false, { $0.folder(".g\u{200c}it") }),
        (".gitmodules", false, { $0.file(".gitmodules") }),
        ("backslash", false, { $0.file("a\\b") }),
        ("NUL device", false, { $0.file("nul.txt") }),
        ("not UTF-8", false, { Ground.entry("100644", [0xC3, 0x28], $0.blob) }),
        ("names that differ by case", false, { $0.file("A") + $0.file("a") }),
        ("256 bytes", false, { $0.file(String(repeating: "a", count: 256)) }),
        ("255 bytes", true, { $0.file(String(repeating: "a", count: 255)) }),
        ("missing blob", false, { _ in Ground.entry("100644", "a", ObjectID(bytes: [UInt8](1...20)) ?? .zero) }),
        ("folder that is a blob", false, { Ground.entry("40000", "a", $0.blob) }),
        ("file that is a tree", false, { Ground.entry("100644", "a", $0.tree) }),
        ("cut off in the id", false, { $0.file("a").dropLast() }),
        ("cut off in the name", false, { _ in Array("100644 abc".utf8) }),
        ("cut off in the mode", false, { $0.file("a") + Array("1006".utf8) }),
    ]

    @Test(arguments: trees.indices) func tree(_ index: Int) throws {
        let (name, accepted, content) = Self.trees[index]
        let ground = try Ground()
        try expect(accepted, .tree, content(ground), on: ground, name)
    }

    static let commits: [(name: String, accepted: Bool, change: @Sendable (String, Ground) -> String)] = [
        ("plain", true, { text, _ in text + "more" }),
        ("no message", true, { text, ground in "\(text.prefix(while: { $0 != "M" }))" }),
        ("a parent", true, { $0.inserting("parent \($1.commit)\n", before: "author") }),
        ("extra header", true, { text, _ in text.inserting("encoding UTF-8\nx-y z\n", before: "\nMessage") }),
        ("signature", true, { text, _ in text.inserting("gpgsig -----\n a\n b\n", before: "\nMessage") }),
        ("time 0", true, { text, _ in text.replacing("1700000000", with: "0") }),
        ("name without characters", true, { text, _ in text.replacing("A <", with: " <") }),
        ("empty", false, { _, _ in "" }),
        ("no tree", false, { text, _ in String(text.drop { $0 != "a" }) }),
        ("short tree", false, { $0.replacing($1.tree.hex, with: String($1.tree.hex.dropLast())) }),
        ("upper-case tree", false, { $0.replacing($1.tree.hex, with: $1.tree.hex.uppercased() + "A") }),
        ("bad parent", false, { text, _ in text.inserting("parent 12\n", before: "author") }),
        (
            "missing parent", false,
            {
                $0.inserting("parent \(String($1.commit.hex.reversed()))\n", before: "author")
            }
        ),
        ("parent that is a tree", false, { $0.inserting("parent \($1.tree)\n", before: "author") }),
        ("tree that is a blob", false, { $0.replacing($1.tree.hex, with: $1.blob.hex) }),
        ("parent after author", false, { $0.inserting("parent \($1.commit)\n", before: "committer") }),
        ("no author", false, { text, _ in text.replacing("author \(Ground.who)\n", with: "") }),
        ("two authors", false, { text, _ in text.inserting("author \(Ground.who)\n", before: "author") }),
        ("no committer", false, { text, _ in text.replacing("committer \(Ground.who)\n", with: "") }),
        ("no address", false, { text, _ in text.replacing("<a@example.com>", with: "") }),
        ("address not closed", false, { text, _ in text.replacing("com>", with: "com") }),
        ("address in an address", false, { text, _ in text.replacing("a@", with: "a<") }),
        ("closing before opening", false, { text, _ in text.replacing("A <", with: "A> <") }),
        ("no space before the address", false, { text, _ in text.replacing("A <", with: "A<") }),
        ("no name at all", false, { text, _ in text.replacing("A <", with: "<") }),
        ("no space before the date", false, { text, _ in text.replacing("> 17", with: ">17") }),
        ("no date", false, { text, _ in text.replacing("1700000000 ", with: "") }),
        ("date with letters", false, { text, _ in text.replacing("1700000000", with: "17000x0000") }),
        ("negative date", false, { text, _ in text.replacing("1700000000", with: "-1") }),
        ("zero-padded date", false, { text, _ in text.replacing("1700000000", with: "01700000000") }),
        ("date beyond 63 bits", false, { text, _ in text.replacing("1700000000", with: "9223372036854775808") }),
        ("date beyond 64 bits", false, { text, _ in text.replacing("1700000000", with: "99999999999999999999999") }),
        ("no zone", false, { text, _ in text.replacing(" +0100", with: "") }),
        ("short zone", false, { text, _ in text.replacing("+0100", with: "+100") }),
        ("long zone", false, { text, _ in text.replacing("+0100", with: "+01000") }),
        ("zone without a sign", false, { text, _ in text.replacing("+0100", with: "01000") }),
        ("NUL in the header", false, { text, _ in text.replacing("A <", with: "A\0 <") }),
        ("NUL in the message", false, { text, _ in text + "\0" }),
        ("header that does not end", false, { text, _ in String(text.prefix { $0 != "M" }.dropLast(2)) }),
    ]

    @Test(arguments: commits.indices) func commit(_ index: Int) throws {
        let (name, accepted, change) = Self.commits[index]
        let ground = try Ground()
        try expect(accepted, .commit, Array(change(Ground.commit(ground.tree), ground).utf8), on: ground, name)
    }

    static let tags: [(name: String, accepted: Bool, change: @Sendable (String, Ground) -> String)] = [
        ("plain", true, { text, _ in text }),
        (
            "of a tree", true,
            { text, ground in
                text.replacing(ground.commit.hex, with: ground.tree.hex).replacing("type commit", with: "type tree")
            }
        ),
        ("no tagger", true, { text, _ in text.replacing("tagger \(Ground.who)\n", with: "") }),
        ("empty", false, { _, _ in "" }),
        ("no object", false, { text, _ in String(text.drop { $0 != "t" }) }),
        ("bad object", false, { $0.replacing($1.commit.hex, with: "x" + $1.commit.hex.dropFirst()) }),
        ("missing object", false, { $0.replacing($1.commit.hex, with: String($1.commit.hex.reversed())) }),
        ("no type", false, { text, _ in text.replacing("type commit\n", with: "") }),
        ("unknown type", false, { text, _ in text.replacing("type commit", with: "type ofs-delta") }),
        ("wrong type", false, { text, _ in text.replacing("type commit", with: "type tree") }),
        ("no name", false, { text, _ in text.replacing("tag v1.0.0\n", with: "") }),
        ("empty name", false, { text, _ in text.replacing("tag v1.0.0", with: "tag ") }),
        ("name that is no ref's", false, { text, _ in text.replacing("tag v1.0.0", with: "tag v1..0") }),
        ("name with an escape", false, { text, _ in text.replacing("tag v1.0.0", with: "tag v1\u{1b}[2J") }),
        ("bad tagger", false, { text, _ in text.replacing("> 17", with: ">17") }),
        ("NUL in the header", false, { text, _ in text.replacing("A <", with: "A\0 <") }),
        ("header that does not end", false, { text, _ in String(text.prefix { $0 != "M" }.dropLast(2)) }),
    ]

    @Test(arguments: tags.indices) func tag(_ index: Int) throws {
        let (name, accepted, change) = Self.tags[index]
        let ground = try Ground()
        let text = "object \(ground.commit)\ntype commit\ntag v1.0.0\ntagger \(Ground.who)\n\nMessage\n"
        try expect(accepted, .tag, Array(change(text, ground).utf8), on: ground, name)
    }

    @Test func attributesThatCrashOldGits() throws {
        for (length, accepted) in [(2047, true), (2048, false)] {
            for name in [".gitattributes", ".GITATTRIBUTES"] {
                var ground = try Ground()
                let line = Array((String(repeating: "a", count: length) + "\n").utf8)
                let blob = try ground.bytes.add(.blob, line)
                try expect(accepted, .tree, Ground.entry("100644", name, blob), on: ground, "\(name) \(length)")
            }
        }
    }

    /// Whatever git refuses of a thousand damaged objects, we refuse.
    @Test func damagedObjectsThatGitRefuses() throws {
        let ground = try Ground()
        let samples: [(ObjectKind, [UInt8])] = [
            (.tree, ground.file("README.md") + ground.folder("docs") + ground.file("manifest.json")),
            (.commit, Array(Ground.commit(ground.tree).utf8)),
            (.tag, Array("object \(ground.commit)\ntype commit\ntag v1.0.0\ntagger \(Ground.who)\n\nM\n".utf8)),
        ]
        var random = SeededGenerator(seed: 11)
        var refusedByGit = 0
        for round in 0..<150 {
            let (kind, sound) = samples[round % samples.count]
            var content = sound
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let at = Int.random(in: 0..<content.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: content[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: content.remove(at: at)
                case 2: content.insert([0, 0x0A, 0x20, 0x3C, 0x3E, 0x30].randomElement(using: &random) ?? 0, at: at)
                default: content.removeSubrange(at..<min(at + 7, content.count))
                }
            }
            guard content != sound else { continue }
            var bytes = ground.bytes
            try bytes.add(kind, content)
            let (ours, git) = try verdicts(bytes.pack())
            guard let git else { continue }
            refusedByGit += 1
            #expect(ours != nil, "round \(round): \(git): \(String(decoding: content, as: UTF8.self))")
        }
        #expect(refusedByGit > 50)
    }
}

extension String {
    fileprivate func inserting(_ text: String, before mark: String) -> String {
        guard let place = range(of: mark)?.lowerBound else { return self }
        return self[..<place] + text + self[place...]
    }

    fileprivate func replacing(_ old: String, with new: String) -> String {
        replacingOccurrences(of: old, with: new)
    }
}
