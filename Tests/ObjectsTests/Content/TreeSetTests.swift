import Foundation
import Objects
import TestSupport
import Testing

@Suite("Tree rules of sets of paths")
struct TreeSetTests {
    private static func paths(_ texts: [String]) throws -> [TreePath] {
        try texts.map { try TreePath($0) }.sorted()
    }

    @Test(
        "accepts sets without collisions",
        arguments: [
            [], ["a"], ["a", "b"], ["a/x", "a/y", "b/x"], ["a-b", "a/b", "ab"], ["A/x", "b/X"], ["x/A", "y/a"],
            ["a/b/c", "a/b/d", "a/c"],
            ["a", "a-b/c", "a.b/c"], ["README.md", "docs/README.md"], ["i", "ı"],
        ])
    func accepts(texts: [String]) throws {
        try TreeRules.check(sorted: Self.paths(texts))
    }

    @Test(
        "refuses collisions of files and folders at any level",
        arguments: [
            (["a", "A"], "same name"), (["A/x", "a/y"], "same name"), (["q/r/S/x", "q/r/s"], "same name"),
            (["a", "a/b"], "both a file and a folder"), (["a", "a-b", "a/b"], "both a file and a folder"),
            (["x/a", "x/a.b", "x/a/b"], "both a file and a folder"), (["a", "a"], "twice"), (["a/b", "a/b"], "twice"),
            (["A/b/c", "a.x", "a/b/d"], "same name"), (["é", "e\u{301}"], "same name"),
            (["É/x", "e\u{301}/y"], "same name"),
            (["straße", "STRASSE"], "same name"), (["ſ", "S"], "same name"), (["\u{212a}", "k"], "same name"),
            (["ﬁ", "FI"], "same name"), (["Σ", "ς"], "same name"), (["\u{1e9e}/a", "ss/b"], "same name"),
            (["\u{ac00}", "\u{1100}\u{1161}"], "same name"), (["B", "a", "b/c"], "same name"),
        ])
    func refuses(texts: [String], reason: String) throws {
        let paths = try Self.paths(texts)
        let error = #expect(throws: AmxError.self) { try TreeRules.check(sorted: paths) }
        #expect(error?.code == .failure)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "accepted")")
        // The order in which paths come must not matter.
        #expect(throws: AmxError.self) { try TreeRules.check(sorted: paths.reversed()) }
    }

    @Test("siblings are checked on their own")
    func siblings() throws {
        try TreeRules.checkSiblings(["a", "b", "c"].map { Array($0.utf8) })
        #expect(throws: AmxError.self) { try TreeRules.checkSiblings(["a", "b", "A"].map { Array($0.utf8) }) }
        let error = #expect(throws: AmxError.self) { try TreeRules.checkSiblings(["a", "a"].map(\.utf8)) }
        #expect(error?.message.contains("twice") == true)
    }

    @Test("the entry limit counts")
    func entryLimit() throws {
        var limits = Limits.standard
        limits.entries = 2
        try TreeRules.check(sorted: Self.paths(["a", "b"]), limits: limits)
        let error = #expect(throws: AmxError.self) {
            try TreeRules.check(sorted: Self.paths(["a", "b", "c"]), limits: limits)
        }
        #expect(error?.message.contains("'entries' is 2") == true)
    }

    @Test("random sets get the verdict of a plain comparison of all pairs", arguments: 0..<40)
    func randomSets(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let names = ["a", "A", "b", "é", "e\u{301}", "E\u{301}", "ss", "ß", "c.d", "C.D", "z"]
        var outcomes: Set<Bool> = []
        for _ in 0..<60 {
            let texts = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    names.randomElement(using: &generator) ?? "a"
                }.joined(separator: "/")
            }
            let paths = try Self.paths(texts)
            let accepted = (try? TreeRules.check(sorted: paths)) != nil
            #expect(accepted == !Self.collides(paths), "\(texts)")
            outcomes.insert(accepted)
        }
        #expect(outcomes.count == 2)
    }

    /// Compares every pair of paths, component by component.
    private static func collides(_ paths: [TreePath]) -> Bool {
        for (index, left) in paths.enumerated() {
            for right in paths[(index + 1)...] {
                let (first, second) = (left.components, right.components)
                var folders = true
                for (one, two) in zip(first, second) where folders {
                    if one != two, TreeRules.foldedKey(one) == TreeRules.foldedKey(two) { return true }
                    folders = one == two
                }
                if folders { return true }
            }
        }
        return false
    }

    @Test("what is accepted stays inside its folder", arguments: 0..<20)
    func neverEscapes(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 1000)
        let pieces: [[UInt8]] = [
            Array("..".utf8), Array(".".utf8), Array("/".utf8), Array("a".utf8), Array("\\".utf8), Array("git".utf8),
            [0], [0xff],
            Array("~1".utf8), Array(" ".utf8), Array("é".utf8), Array("con".utf8), Array(":".utf8), [0xc2],
        ]
        var accepted = 0
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...6, using: &generator)).flatMap { _ in
                pieces.randomElement(using: &generator) ?? []
            }
            guard let path = try? TreePath(bytes: bytes) else { continue }
            accepted += 1
            #expect(path.bytes == bytes)
            let resolved = ("/root/capsule/" + path.string as NSString).standardizingPath
            #expect(resolved.utf8.elementsEqual(("/root/capsule/" + path.string).utf8))
            #expect(!bytes.contains(0) && !bytes.contains(UInt8(ascii: "\\")))
        }
        #expect(accepted > 100)
    }

    @Test("50,000 paths are checked in a moment")
    func fast() throws {
        let paths = try (0..<50_000).map { try TreePath("Knowledge/part-\($0 / 100)/Document number \($0).md") }
            .sorted()
        let time = try ProcessorTime.of { try TreeRules.check(sorted: paths) }
        // A debug build on a slow machine; a release build takes about a fiftieth of this.
        #expect(time < .seconds(5))
    }
}
