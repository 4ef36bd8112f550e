import Foundation
import Objects
import TestSupport
import Testing

@Suite("Folded keys")
struct FoldingTests {
    @Test(
        "folds as Unicode says",
        arguments: [
            ("README.md", "readme.md"), ("Straße", "strasse"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("e\u{301}", "\u{e9}"),
            ("E\u{301}", "\u{e9}"),
            ("\u{130}", "i\u{307}"), ("\u{1e9e}", "ss"), ("\u{fb01}", "fi"), ("\u{149}", "\u{2bc}n"), ("A/B", "a/b"),
            ("", ""),
        ])
    func table(name: String, key: String) {
        #expect(TreeRules.foldedKey(name.utf8) == Array(key.utf8))
    }

    @Test(
        "agrees with Python's unicodedata for every cased or composed character, alone and after a letter",
        .enabled(if: Tool.exists("python3")))
    func againstPython() throws {
        // Python prints the code points that it knows with their keys; newer characters are not compared.
        let script = """
            import sys, unicodedata as u
            nfc = lambda s: u.normalize('NFC', s)
            for c in range(0x80, 0x2fa20):
                # Ideographs and most Hangul have no case; leave them out for time.
                if 0x3400 <= c < 0xa000 or 0xac80 <= c < 0xf900 or 0x17000 <= c < 0x1b000 or 0x20000 <= c < 0x2f800: continue
                if u.category(chr(c)) == 'Cn': continue
                for s in (chr(c), 'A' + chr(c)):
                    key = nfc(nfc(s).casefold())
                    sys.stdout.write('%s %s\\n' % (s.encode().hex(), key.encode().hex()))
            """
        let outcome = try Tool.run("python3", ["-c", script])
        #expect(outcome.status == 0, "\(outcome.errors)")
        var compared = 0
        var different: [Substring] = []
        for line in outcome.text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            let key = TreeRules.foldedKey(try #require(Self.bytes(fields[0])))
            if key != Self.bytes(fields[1]) { different.append(line) }
            compared += 1
        }
        #expect(compared > 40_000)
        #expect(different.isEmpty, "\(different.count) differ, first \(different.prefix(5))")
    }

    private static func bytes(_ hex: Substring) -> [UInt8]? {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == hex.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    @Test("a key is its own key, and a path's key is that of its components", arguments: 0..<20)
    func idempotent(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<500 {
            let names = (0..<3).map { _ in
                String(
                    String.UnicodeScalarView(
                        (0..<4).compactMap { _ in
                            Unicode.Scalar(UInt32.random(in: 0x30...0x2fff, using: &generator))
                        }))
            }
            let key = TreeRules.foldedKey(names.joined(separator: "/").utf8)
            #expect(key == Array(names.map { TreeRules.foldedKey($0.utf8) }.joined(separator: [UInt8(ascii: "/")])))
            #expect(TreeRules.foldedKey(key) == key, "\(names)")
        }
    }

    @Test("bytes that are not UTF-8 are their own key")
    func invalid() {
        #expect(TreeRules.foldedKey([0x41, 0xff]) == [0x41, 0xff])
    }
}
