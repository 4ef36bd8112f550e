import Foundation
import Objects
import TestSupport
import Testing

/// Merging by line, held against `git merge-file`.
@Suite struct TextMergeTests {
    private static let labels = MergeLabels(ours: "main", theirs: "topic")

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: [
        ("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n", true),
        ("a\n", "b\n", "c\n", "<<<<<<< main\nb\n=======\nc\n>>>>>>> topic\n", false),
        ("a\n", "b\n", "b\n", "b\n", true),
        ("", "x\n", "y\n", "<<<<<<< main\nx\n=======\ny\n>>>>>>> topic\n", false),
        ("a", "a\nb", "a", "a\nb", true),
        ("a\r\n", "b\r\n", "c\r\n", "<<<<<<< main\r\nb\r\n=======\r\nc\r\n>>>>>>> topic\r\n", false),
    ]) func cases(base: String, ours: String, theirs: String, expected: String, isClean: Bool) throws {
        let merge = try TextMerge(base: bytes(base), ours: bytes(ours), theirs: bytes(theirs), labels: Self.labels)
        #expect(String(decoding: merge.content, as: UTF8.self) == expected)
        #expect(merge.isClean == isClean)
        #expect(Self.labels.mark(merge.content) == !isClean)
    }

    @Test func sidesSettleConflictsAndNothingElse() throws {
        let (base, ours, theirs) = (bytes("a\nb\nc\nd\ne\n"), bytes("1\nb\nc\nd\ne\n"), bytes("2\nb\nc\nd\n5\n"))
        let left = try TextMerge(base: base, ours: ours, theirs: theirs, labels: Self.labels, favor: .ours)
        let right = try TextMerge(base: base, ours: ours, theirs: theirs, labels: Self.labels, favor: .theirs)
        #expect(left.content == bytes("1\nb\nc\nd\n5\n") && left.isClean)
        #expect(right.content == bytes("2\nb\nc\nd\n5\n") && right.isClean)
    }

    @Test func agreesWithGit() throws {
        let folder = try TemporaryDirectory()
        var random = SeededGenerator(seed: 7)
        var verdicts: Set<Bool> = []
        for _ in 0..<120 {
            let base = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                "line \(Int.random(in: 0...9, using: &random))"
            }
            func changed() -> [String] {
                var lines = base
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: 0...lines.count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: lines.insert("new \(Int.random(in: 0...3, using: &random))", at: place)
                    case 1 where place < lines.count: lines.remove(at: place)
                    case 2 where place < lines.count: lines[place] = "changed \(Int.random(in: 0...3, using: &random))"
                    default: break
                    }
                }
                return lines
            }
            let texts = [changed(), base, changed()].map { $0.map { "\($0)\n" }.joined() }
            for (name, text) in zip(["ours", "base", "theirs"], texts) { try folder.write(name, text: text) }
            let git = try Tool.run(
                "git", ["merge-file", "-p", "-L", "main", "-L", "", "-L", "topic", "ours", "base", "theirs"],
                in: folder.path)
            let merge = try TextMerge(
                base: bytes(texts[1]), ours: bytes(texts[0]), theirs: bytes(texts[2]), labels: Self.labels)
            #expect(merge.content == git.output)
            #expect(merge.isClean == (git.status == 0))
            verdicts.insert(merge.isClean)
            // Every way to settle the pieces puts together lines of the three.
            for isRefined in [false, true] {
                let hunks = try TextHunks(
                    base: bytes(texts[1]), ours: bytes(texts[0]), theirs: bytes(texts[2]), isRefined: isRefined)
                #expect((hunks.conflicts == 0) == merge.isClean)
                let ours = hunks.text(Array(repeating: .ours, count: hunks.conflicts))
                let favored = try TextMerge(
                    base: bytes(texts[1]), ours: bytes(texts[0]), theirs: bytes(texts[2]), labels: Self.labels,
                    favor: .ours)
                if isRefined { #expect(ours == favored.content) }
            }
        }
        #expect(verdicts == [true, false])
    }

    @Test func markersOfTheTextAreNoMarkersOfTheMerge() throws {
        let text = "<<<<<<< main\nold\n=======\nolder\n>>>>>>> topic\nx\n"
        let hunks = try TextHunks(
            base: bytes(text), ours: bytes(text + "ours\n"), theirs: bytes(text + "theirs\n"), isRefined: true)
        #expect(hunks.pieces == [.merged(bytes(text)), .conflict(ours: bytes("ours\n"), theirs: bytes("theirs\n"))])
        #expect(hunks.text([.oursThenTheirs]) == bytes(text + "ours\ntheirs\n"))
        #expect(hunks.text([.theirsThenOurs]) == bytes(text + "theirs\nours\n"))
    }

    @Test func linesThatBothHaveAreTakenOutOnlyWhenRefined() throws {
        let (ours, theirs) = (bytes("a\n- c\n  1\n"), bytes("a\n- d\n  1\n"))
        let whole = try TextHunks(base: bytes("a\n"), ours: ours, theirs: theirs, isRefined: false)
        #expect(
            whole.pieces == [.merged(bytes("a\n")), .conflict(ours: bytes("- c\n  1\n"), theirs: bytes("- d\n  1\n"))])
        let refined = try TextHunks(base: bytes("a\n"), ours: ours, theirs: theirs, isRefined: true)
        #expect(
            refined.pieces == [
                .merged(bytes("a\n")), .conflict(ours: bytes("- c\n"), theirs: bytes("- d\n")), .merged(bytes("  1\n")),
            ])
    }

    @Test func whatIsBinary() {
        #expect(TextMerge.isBinary([0x61, 0]))
        #expect(!TextMerge.isBinary([UInt8](repeating: 0x61, count: 8000) + [0]))
        #expect(TextMerge.isBinary([UInt8](repeating: 0x61, count: 7999) + [0]))
        #expect(!TextMerge.isBinary([]))
        #expect(!TextMerge.isBinary([0xFF, 0xFE]))
    }
}
