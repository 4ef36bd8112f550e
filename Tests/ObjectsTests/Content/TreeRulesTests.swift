import Foundation
import Objects
import TestSupport
import Testing

@Suite("Tree rules of single paths")
struct TreeRulesTests {
    @Test(
        "accepts ordinary names",
        arguments: [
            "manifest.json", "README.md", "a", "docs/a/b/c.txt", "src/.hidden", ".amxignore", ".gitignore",
            ".gitattributes",
            ".github/workflows/ci.yml", ".gitx", "x.git", "git", "amx", "aimatrix", "...a", "..a", "a..b", "a b", " a",
            "-rf", "~",
            "~1", "file~1.txt", "git~5", "gitmod~5", "gi7eba~", "gi7eba~0", "gi7ebb~1", "xi7eba~1", "git~1.txt",
            "grüße.md",
            "日本語/説明.md", "e\u{301}.md", "\u{1F600}.md", "con1", "com", "comx", "com10", "com10.txt", "lpt",
            "console.log", "conin",
            "conin$$", "auxiliary", "nulls", "prn1", "com\u{2074}", "config", "null", "a.con", "x/y.nul", "CON-1", "$",
            "a'b", "(1)",
            "a,b;c=d", "100%", "#x", "@y", "!z", "^", "`", "{}", "[]", "a\u{2028}b", "\u{E000}", "K.txt",
            String(repeating: "n", count: 255),
            Array(repeating: "d", count: 64).joined(separator: "/"),
        ] as [String])
    func accepts(path: String) throws {
        try TreeRules.checkPath(path.utf8)
        #expect(try TreePath(path).string.utf8.elementsEqual(path.utf8))
    }

    @Test(
        "refuses hostile names and says why",
        arguments: [
            ("", "empty"), ("/", "empty comp"), ("/a", "empty comp"), ("a/", "empty comp"), ("a//b", "empty comp"),
            (".", "'.'"), ("..", "'.'"), ("a/../b", "'.'"), ("./a", "'.'"), ("a/.", "'.'"), ("../../etc/passwd", "'.'"),
            ("...", "end in a dot"), ("a.", "end in a dot"), ("a ", "end in a dot"), ("a./b", "end in a dot"),
            (" ", "end in"),
            ("a\\b", "no '\\'"), ("C:", "no ':'"), ("C:/x", "no ':'"), ("a:b", "no ':'"), ("a<b", "no '<'"),
            ("a>b", "no '>'"),
            ("a\"b", "no '\"'"), ("a|b", "no '|'"), ("a?", "no '?'"), ("*", "no '*'"), ("x/*.md", "no '*'"),
            ("a\u{0}b", "control"), ("a\nb", "control"), ("\u{1b}[2J", "control"), ("a\u{7f}", "control"),
            ("a\u{85}b", "control"),
            ("a\u{200d}b", "format"), ("\u{feff}a", "format"), ("a\u{202e}txt.exe", "format"), ("a\u{ad}b", "format"),
            (".g\u{200c}it", "format"), (".gi\u{206f}t", "format"), ("tag\u{e0041}", "format"),
            (".git", "git's own"), (".GIT", "git's own"), (".giT/config", "git's own"), ("a/.Git/hooks", "git's own"),
            ("git~1", "git's own"), ("GIT~1/x", "git's own"), ("gIt~4", "git's own"), ("gi2837~1", "git's own"),
            (".git ", "end in"), (".git.", "end in"), (".git::$INDEX_ALLOCATION", "no ':'"),
            (".git\\config", "no '\\'"),
            (".gitmodules", "git's own"), (".GitModules", "git's own"), ("gitmod~1", "git's own"),
            ("GITMOD~4", "git's own"),
            ("gi7eba~1", "git's own"), ("GI7EBA~9", "git's own"), ("gi7eb~10", "git's own"), ("g~123456", "git's own"),
            ("~1234567", "git's own"), (".gitmodule\u{17f}", "git's own"), (".gitmodules ", "end in"),
            (".aimatrix", "Amx's own"), (".AIMatrix/store", "Amx's own"), ("aimatr~1", "Amx's own"),
            ("AI3413~1", "Amx's own"),
            (".amx", "Amx's own"), (".AMX", "Amx's own"), ("amx~1", "Amx's own"), ("am146d~2", "Amx's own"),
            ("con", "device"), ("CON", "device"), ("Con.txt", "device"), ("con.tar.gz", "device"),
            ("con .txt", "device"),
            ("prn", "device"), ("aux.c", "device"), ("nul", "device"), ("a/NUL.json/b", "device"), ("com0", "device"),
            ("COM1", "device"), ("com9.log", "device"), ("lpt0", "device"), ("LPT9.x", "device"),
            ("com\u{b9}", "device"),
            ("COM\u{b2}.txt", "device"), ("lpt\u{b3}", "device"), ("CONIN$", "device"), ("conout$.txt", "device"),
            (String(repeating: "n", count: 256), "255 bytes"),
            (String(repeating: "é", count: 128), "255 bytes"),
            (Array(repeating: "d", count: 65).joined(separator: "/"), "64 components"),
            (
                Array(repeating: String(repeating: "n", count: 204), count: 5).joined(separator: "/") + "/n",
                "1024 bytes"
            ),
        ] as [(String, String)])
    func refuses(path: String, reason: String) {
        let error = #expect(throws: AmxError.self) { try TreePath(path) }
        #expect(error?.code == .failure)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "accepted")")
        #expect(error?.hint != nil)
        #expect(error?.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0xff], [0x61, 0x80], [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xc3],
            [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xae, 0xc0, 0xae],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        let error = #expect(throws: AmxError.self) { try TreeRules.checkPath(bytes) }
        #expect(error?.message.contains("valid UTF-8") == true)
        #expect(error?.message.contains("\\x") == true)
    }

    @Test("a component has no slash, whatever a path has")
    func component() throws {
        try TreeRules.checkComponent("a".utf8)
        #expect(throws: AmxError.self) { try TreeRules.checkComponent("a/b".utf8) }
        #expect(throws: AmxError.self) { try TreeRules.checkComponent([]) }
        // Lazily mapped bytes have no contiguous storage.
        try TreeRules.checkComponent("abc".utf8.lazy.map { $0 + 1 })
        #expect(throws: AmxError.self) { try TreeRules.checkComponent("-fhs".utf8.lazy.map { $0 + 1 }) }
    }

    @Test("escapes what could fool a terminal, and cuts long paths")
    func printable() {
        #expect(TreeRules.printable(Array("a\u{1b}b\u{202e}é".utf8)) == "a\\u{1b}b\\u{202e}é")
        #expect(TreeRules.printable([0x61, 0xff, 0x0a]) == "a\\xff\\u{0a}")
        #expect(TreeRules.printable(Array(repeating: 0x61, count: 5000)).count == 241)
    }

    @Test("the NTFS hashes agree with a computation of their own")
    func shortNameHashes() {
        for (name, prefix) in [(".gitmodules", "gi"), (".git", "gi"), (".aimatrix", "ai"), (".amx", "am")] {
            let short = prefix + Self.ntfsHash(of: name) + "~1"
            #expect(throws: AmxError.self, "\(short)") { try TreePath(short) }
        }
        // Known values of another name, so that the computation itself is held to something.
        #expect(Self.ntfsHash(of: ".gitattributes") == "7d29")
        #expect(Self.ntfsHash(of: ".gitignore") == "250a")
    }

    /// The hash in the short names that NTFS gives from the fifth collision on.
    private static func ntfsHash(of name: String) -> String {
        var sum: UInt16 = 0
        for unit in name.utf16 { sum = sum &* 0x25 &+ unit }
        var mixed = Int64(abs(Int64(Int32(bitPattern: UInt32(sum) &* 314_159_269))))
        mixed -= (mixed &* 1_152_921_497) >> 60 &* 1_000_000_007
        let digits = String(UInt16(truncatingIfNeeded: mixed), radix: 16)
        return String((String(repeating: "0", count: 4 - digits.count) + digits).reversed())
    }
}
