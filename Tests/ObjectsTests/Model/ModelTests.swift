import TestSupport
import Testing

@testable import Objects

/// Commits, tags, signatures and trees against the objects that git makes and reads.
struct ModelTests {
    private func hash(_ bytes: [UInt8], _ kind: String, in path: String) throws -> String {
        try Tool.git(["hash-object", "-t", kind, "--stdin", "-w"], in: path, input: bytes)
    }

    private func bytes(_ id: String, in path: String) throws -> [UInt8] {
        let kind = try Tool.git(["cat-file", "-t", id], in: path)
        return try Tool.run("git", ["cat-file", kind, id], in: path, environment: Tool.gitEnvironment).output
    }

    private static let zero = ObjectID.zero

    @Test(arguments: [
        ("1700000000 +0000", Int64(1_700_000_000), Int32(0)), ("0 +0530", 0, 330), ("1 -0930", 1, -570),
        ("1234567890 -0030", 1_234_567_890, -30), ("4102444800 +1400", 4_102_444_800, 840),
    ])
    func commitsRoundTripByteForByte(date: String, time: Int64, offset: Int32) throws {
        let fixture = try RefFixture()
        let tree = try Tool.git(["mktree"], in: fixture.path)
        for parents in [[], [fixture.commits[0]], [fixture.commits[0], fixture.commits[1]]] {
            for message in ["x\n", "subject\n\nbody é 🙂\n", "s\n\nKey: value\n"] {
                let made = try Tool.git(
                    ["commit-tree", tree] + parents.flatMap { ["-p", $0.hex] }, in: fixture.path,
                    environment: [
                        "GIT_AUTHOR_NAME": "Ünï Cödé", "GIT_AUTHOR_EMAIL": "u@e.x", "GIT_AUTHOR_DATE": "@" + date,
                        "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@e.x", "GIT_COMMITTER_DATE": "@" + date,
                    ], input: Array(message.utf8))
                let raw = try bytes(made, in: fixture.path)
                let commit = try Commit(parsing: raw, id: Self.zero)
                #expect(commit.encoded == raw)
                #expect(commit.parents == parents)
                #expect(commit.author.time == time && commit.author.offset == offset)
                #expect(commit.author.name == "Ünï Cödé")
                #expect(commit.message == message)
                let id = try raw.withUnsafeBytes { try Repository.objectID(of: $0, kind: .commit) }
                #expect(id.hex == made)
                let place = try raw.withUnsafeBytes { try CommitPlace(parsing: $0, id: Self.zero) }
                #expect(place.tree == commit.tree && place.parents == parents && place.time == time)
            }
        }
    }

    @Test func commitsMadeHereAreAcceptedByGit() throws {
        let fixture = try RefFixture()
        let tree = try RefFixture.id(try Tool.git(["mktree"], in: fixture.path))
        // What git's format cannot hold must not get into it.
        let names = ["A", "", " A <x> \n B ", "a\0b", "\u{7F}", "é", "<>", "a\rb"]
        for name in names {
            for message in ["", "x", "a\r\nb", "é\u{0}x"] {
                let person = Signature(name: name, email: "a b>\n@x", time: 1_700_000_000, offset: -570)
                let commit = Commit(tree: tree, parents: [], author: person, committer: person, message: message)
                let id = try hash(commit.encoded, "commit", in: fixture.path)
                #expect(try Tool.git(["fsck", "--strict", "--no-dangling", id], in: fixture.path).isEmpty)
                let again = try Commit(parsing: commit.encoded, id: Self.zero)
                #expect(again == commit)
            }
        }
    }

    @Test func oddCommitsAreRead() throws {
        let tree = "tree \(String(repeating: "1", count: 40))\n"
        let people = "author A <a@x> 1 +0000\ncommitter C <c@x> 2 -0100\n"
        func commit(_ text: String) throws -> Commit { try Commit(parsing: Array(text.utf8), id: Self.zero) }
        func place(_ text: String) throws -> CommitPlace {
            try Array(text.utf8).withUnsafeBytes { try CommitPlace(parsing: $0, id: Self.zero) }
        }
        let signed = tree + people + "gpgsig -----BEGIN SSH SIGNATURE-----\n abc\n \n parent x\n -----END\n\nmessage\n"
        #expect(try commit(signed).message == "message\n")
        #expect(try commit(tree + people + "encoding ISO-8859-1\n\nm").message == "m")
        #expect(try commit(tree + people + "\n").message == "")
        #expect(try commit(tree + people).message == "")
        #expect(try commit(tree + people + "\n\n\nlate\r\nx").subject == "late")
        #expect(try commit(tree + people + "\nsubject\r\nbody").subject == "subject")
        #expect(try Commit(parsing: Array((tree + people + "\n").utf8) + [0xFF], id: Self.zero).message == "\u{FFFD}")
        // A parent that git would not follow must not be followed here.
        let hidden = tree + people + "parent \(String(repeating: "2", count: 40))\n\nm\n"
        #expect(try commit(hidden).parents.isEmpty)
        #expect(try place(hidden).parents.isEmpty)
        #expect(try place(signed).time == 2)
        let damaged = [
            "", "\n", people + "\nm", "author A <a@x> 1 +0000\n" + tree + "committer C <c@x> 1 +0000\n\nm",
            "tree 123\n" + people + "\n", tree + "parent xyz\n" + people + "\n", tree + "\n" + people,
            tree + "author A <a@x> 1 +0000\n\nm", "tree\n", " tree\n",
        ]
        for text in damaged {
            #expect(throws: AmxError.self, "\(text.debugDescription)") { try commit(text) }
        }
        for text in damaged where !text.hasPrefix(tree + "author") || !text.contains("committer") {
            #expect(throws: AmxError.self, "\(text.debugDescription)") { try place(text) }
        }
    }

    @Test func tagsRoundTripByteForByte() throws {
        let fixture = try RefFixture()
        for message in ["m", "subject\n\nbody\n", "é\n\nCapsule-Digest: sha256:00\n"] {
            try fixture.git("tag", "-f", "-a", "-m", message, "v1.0.0", fixture.commits[0].hex)
            let raw = try bytes("v1.0.0", in: fixture.path)
            let tag = try Objects.Tag(parsing: raw, id: Self.zero)
            #expect(tag.encoded == raw)
            #expect(tag.name == "v1.0.0" && tag.target == fixture.commits[0] && tag.targetKind == .commit)
            #expect(tag.tagger?.email == "test@example.com")
        }
        let person = Signature(name: "T", email: "t@x", time: 1, offset: 60)
        let made = Objects.Tag(
            target: fixture.commits[0], targetKind: .commit, name: "v2", tagger: person, message: "m")
        let id = try Tool.git(["mktag"], in: fixture.path, input: made.encoded)
        #expect(try bytes(id, in: fixture.path) == made.encoded)
    }

    @Test func oddTagsAreRead() throws {
        let head = "object \(String(repeating: "1", count: 40))\ntype commit\ntag v1\n"
        func tag(_ text: String) throws -> Objects.Tag { try Objects.Tag(parsing: Array(text.utf8), id: Self.zero) }
        #expect(try tag(head + "\nold\n").tagger == nil)
        #expect(try tag(head).message == "")
        #expect(
            try tag(head + "tagger T <t@x> 5 +0000\n\nm\n-----BEGIN SSH SIGNATURE-----\nx\n").message.hasSuffix("x\n"))
        let damaged = [
            "", "type commit\n" + head, "object 12\ntype commit\ntag v1\n\n",
            "object \(String(repeating: "1", count: 40))\ntag v1\ntype commit\n\n",
            "object \(String(repeating: "1", count: 40))\ntype thing\ntag v1\n\n",
        ]
        for text in damaged {
            #expect(throws: AmxError.self, "\(text.debugDescription)") { try tag(text) }
        }
    }

    @Test(arguments: [
        ("A <a@x> 10 +0100", "A", "a@x", Int64(10), Int32(60)), (" <> 1 +0000", "", "", 1, 0),
        ("A <a@x>", "A", "a@x", 0, 0), ("A <a@x> x y", "A", "a@x", 0, 0),
        ("A <a@x> 99999999999999999999 +0000", "A", "a@x", 0, 0),
        ("A <a@x> 5 +99999999999", "A", "a@x", 5, 0), ("A <a@x> -5 -1200", "A", "a@x", -5, -720),
        ("A <a> b> 7 +0000", "A", "a", 7, 0), ("A B  <a@x> 9223372036854775807 +0000", "A B", "a@x", .max, 0),
        ("A <a@x> 5 -2147483648", "A", "a@x", 5, 0),
    ])
    func signaturesOfOldTools(text: String, name: String, email: String, time: Int64, offset: Int32) throws {
        let signature = try #require(Signature(header: text.utf8))
        #expect(signature.name == name && signature.email == email)
        #expect(signature.time == time && signature.offset == offset)
        _ = signature.header
        #expect(Signature(header: "no brackets 1 +0000".utf8) == nil)
        #expect(Signature(header: "> <".utf8) == nil)
    }

    @Test func treesOfRandomBytesNeverTrap() throws {
        var random = SeededGenerator(seed: 71)
        let good = TreeEntry.encode([
            TreeEntry(mode: 0o100644, name: Array("a".utf8), id: .zero),
            TreeEntry(mode: 0o40000, name: Array("b".utf8), id: .zero),
        ])
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = good
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            bytes.removeLast(Int.random(in: 0...3, using: &random) * Int.random(in: 0...9, using: &random))
            do {
                let entries = try bytes.withUnsafeBytes { try TreeEntry.parse($0, tree: .zero) }
                #expect(entries.allSatisfy { !$0.name.isEmpty })
            } catch {
                refused += 1
            }
        }
        #expect(refused > 500)
    }
}
