import Objects
import TestSupport
import Testing

/// Reference names against `git check-ref-format`.
struct RefNameTests {
    static let table: [String] = [
        "refs/heads/main", "refs/heads/a/b", "refs/heads/", "refs/heads//a", "refs//a", "refs/", "refs",
        "/refs/heads/a",
        "refs/heads/a/", "refs/heads/.a", "refs/heads/a.", "refs/heads/a./b", "refs/heads/a..b", "refs/heads/a.lock",
        "refs/heads/a.lock/b", "refs/heads/lock", "refs/heads/.lock", "refs/heads/x.lock.y", "refs/heads/@",
        "refs/heads/a@{b", "refs/heads/a@b", "refs/heads/{", "refs/heads/@@{", "refs/heads/a b", "refs/heads/a~b",
        "refs/heads/a^", "refs/heads/a:b", "refs/heads/a?", "refs/heads/a*", "refs/heads/[", "refs/heads/]",
        "refs/heads/a\\b", "refs/heads/\u{7F}", "refs/heads/\t", "refs/heads/-a", "refs/heads/é", "refs/heads/🙂",
        "refs/x", "refs/heads/...", "refs/heads/a/../b", "refs/heads/./a", "refs/tags/v1.0.0-rc.1+b", "refs/heads/HEAD",
        "refs/heads/$(id)", "refs/heads/a\"b", "refs/heads/a'b", "refs/heads/<", "refs/heads/a\nb",
    ]

    private func git(_ names: [[UInt8]]) throws -> [Bool] {
        // One shell for all names, which come NUL-separated, so that any byte can stand in them.
        let script = "xargs -0 -n1 sh -c 'if git check-ref-format \"$0\"; then echo 1; else echo 0; fi'"
        let outcome = try Tool.run("sh", ["-c", script], input: Array(names.joined(separator: [0])) + [0])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.text.split(separator: "\n").map { $0 == "1" }
    }

    @Test func tableAgreesWithGit() throws {
        let verdicts = try git(Self.table.map { Array($0.utf8) })
        try #require(verdicts.count == Self.table.count)
        for (name, isLegal) in zip(Self.table, verdicts) {
            #expect((RefName(name) != nil) == isLegal, "\(name.debugDescription)")
        }
    }

    @Test func randomNamesAgreeWithGit() throws {
        var random = SeededGenerator(seed: 11)
        let pieces: [[UInt8]] =
            [
                "a", "b", "/", ".", "..", "@", "{", "@{", "~", " ", ".lock", "lock", "\\", "*", "-", "é", "\u{7F}",
                "\u{1}",
            ]
            .map { Array($0.utf8) }
        var names: [[UInt8]] = []
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...6, using: &random)
            let tail = (0..<count).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
            names.append(Array("refs/heads/".utf8) + tail)
        }
        let verdicts = try git(names)
        try #require(verdicts.count == names.count)
        #expect(verdicts.contains(true) && verdicts.contains(false))
        for (name, isLegal) in zip(names, verdicts) {
            #expect(
                (RefName(bytes: name) != nil) == isLegal, "\(String(decoding: name, as: UTF8.self).debugDescription)")
        }
    }

    @Test func narrowerThanGit() {
        #expect(RefName(bytes: Array("refs/heads/".utf8) + [0xFF]) == nil)
        #expect(RefName("HEAD") == nil)
        #expect(RefName("refs/heads/" + String(repeating: "a", count: 1013)) != nil)
        #expect(RefName("refs/heads/" + String(repeating: "a", count: 1014)) == nil)
        #expect(RefName(branch: "-x") == nil)
        #expect(RefName(branch: "HEAD") == nil)
        #expect(RefName(branch: "") == nil)
        #expect(RefName(tag: "-v1") == nil)
    }

    @Test func partsAreGivenBack() throws {
        #expect(try #require(RefName(branch: "a/b")).branch == "a/b")
        #expect(try #require(RefName(tag: "v1.0.0")).tag == "v1.0.0")
        #expect(try #require(RefName(tag: "v1.0.0")).branch == nil)
        #expect(try #require(RefName(remote: "origin", branch: "main")).string == "refs/remotes/origin/main")
        // Order is bytewise: a string's own order would put the accented letter next to its base.
        #expect(try #require(RefName(branch: "z")) < #require(RefName(branch: "é")))
        #expect(RefName(branch: "e\u{301}") != RefName(branch: "é"))
    }

    /// Bytes count, whatever characters they make.
    @Test(arguments: [
        ("origin", true), ("a_b+c", true), ("UP-2", true), ("", false), ("-a", false), ("a.b", false), ("a/b", false),
        ("a b", false), ("a.\u{301}b", false), ("a/\u{301}b", false), ("-\u{301}a", false), ("caf\u{E9}", false),
        ("\u{212A}", false),
    ])
    func remotesHaveNamesOfOneComponent(_ name: String, _ isRemote: Bool) {
        #expect(RefName.isRemote(name) == isRemote)
    }
}
