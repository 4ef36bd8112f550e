import Guard
import Objects
import TestSupport
import Testing

@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test(
        "finds all matches with their places",
        arguments: [
            ("a", "banana", [1..<2, 3..<4, 5..<6]), ("an", "banana", [1..<3, 3..<5]), ("x", "banana", []),
            ("^b|a$", "banana", [0..<1, 5..<6]), ("é+", "aéé", [1..<5]), ("", "aé", [0..<0, 1..<1, 3..<3]),
            ("", "", [0..<0]),
            ("a*", "baa", [0..<0, 1..<3, 3..<3]), (".", "é\n€", [0..<2, 3..<6]), ("$", "ab", [2..<2]),
        ] as [(String, String, [Range<Int>])])
    func ranges(pattern: String, text: String, ranges: [Range<Int>]) throws {
        let expression = try RegularExpression(pattern)
        #expect(try expression.ranges(in: Array(text.utf8)) == ranges)
        #expect(try expression.matches(text) == !ranges.isEmpty)
    }

    @Test("gives the group's place, and only matches in which it took part")
    func groups() throws {
        let expression = try RegularExpression("a(b)|a(c)")
        #expect(expression.groupCount == 2)
        #expect(try expression.ranges(group: 1, in: Array("acabac".utf8)) == [3..<4])
        #expect(try expression.ranges(group: 2, in: Array("acabac".utf8)) == [1..<2, 5..<6])
        #expect(try RegularExpression("a(x?)").ranges(group: 1, in: Array("ab".utf8)) == [1..<1])
        let many = try RegularExpression("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)")
        #expect(try many.ranges(group: 10, in: Array("abcdefghij".utf8)) == [9..<10])
    }

    @Test("stops at the limit, passes over what is not UTF-8, and takes NULs")
    func oddTexts() throws {
        #expect(try RegularExpression("a").ranges(in: Array("aaaa".utf8), limit: 2).count == 2)
        #expect(try RegularExpression("a.b").matches([0x61, 0xFF, 0x62]) == false)
        #expect(try RegularExpression("b").ranges(in: [0xFF, 0xC3, 0x62]) == [2..<3])
        #expect(try RegularExpression(#"a\x00b"#).matches([0x61, 0, 0x62]))
        #expect(try RegularExpression("ABC", ignoresCase: true).matches("xabc"))
    }

    @Test(
        "refuses a pattern and says why",
        arguments: [
            ("(", "missing"), (")", "unexpected )"), ("[a", "missing ]: [a"),
            (#"(a)\1"#, #"invalid escape sequence: \1"#),
            ("(?=a)", "invalid perl operator: (?="), ("(?<!a)b", "(?<"), ("a**", "bad repetition operator: **"),
            ("a{1001}", "invalid repetition size: {1001}"), ("*", "no argument for repetition operator: *"),
            (#"\"#, "trailing"),
        ])
    func faults(pattern: String, reason: String) throws {
        let fault = try #require(throws: RegularExpressionFault.self) { try RegularExpression(pattern) }
        #expect(fault.description.contains(reason), "\(fault)")
        #expect(fault.pattern == pattern)
        #expect(fault.error(in: "a test").code == .failure)
    }

    @Test("bounds the pattern, its program, and the work")
    func bounds() throws {
        let long = try #require(throws: RegularExpressionFault.self) {
            try RegularExpression(String(repeating: "a", count: 1025))
        }
        #expect(long.reason == .tooLong(limit: 1024))
        let large = try #require(throws: RegularExpressionFault.self) {
            try RegularExpression(#"((\pL{100}){100}){10}"#)
        }
        #expect(large.reason == .tooLarge(limit: 8 << 20) || large.description.contains("repetition"), "\(large)")
        let expression = try RegularExpression(#"[a-z]{900}"#)
        let count = RegularExpression.Bounds.untrusted.work / expression.programSize
        #expect(try !expression.matches([UInt8](repeating: 0x31, count: count)))
        let work = try #require(throws: AmxError.self) {
            try expression.matches([UInt8](repeating: 0x31, count: count + 1))
        }
        #expect(work.message.contains("the limit 'work'"))
    }

    /// Patterns that make a matcher with backtracking take exponential or high polynomial time, each with a text that does so; the text is made as
    /// long as the bound on work lets it be.
    static let catastrophes: [(pattern: String, unit: String, end: String)] = [
        ("(a+)+$", "a", "!"), ("(a|a)*$", "a", "!"), ("(a|aa)+$", "a", "!"), ("(a*)*b", "a", "c"), ("(a*)*$", "a", "!"),
        ("(.*a){12}$", "a", "!"), ("^(([a-z])+.)+[A-Z]([a-z])+$", "a", "!"), ("([a-zA-Z]+)*[0-9]", "a", "!"),
        ("(x+x+)+y", "x", "z"), ("(.*)*x{20}y", "x", "z"), ("^(a?){30}a{30}$", "a", "b"), ("(a?b?)*c$", "ab", "d"),
        (#"^(\w+\s?)*$"#, "word ", "!"), (#"(\d+)+\.(\d+)+$"#, "1", "x"), (#"^(\s+)+$"#, " ", "x"),
        (#"\s*,\s*$|\s+$"#, " ", "x"), (#"^[\w.+-]+@(([\w-]+)+\.)+[a-z]{2,}$"#, "a", "!"),
        (#"("[^"]*"|[^"\s]+)*\s*$"#, "a", "\""),
        (#"<(\w+)(\s+\w+="[^"]*")*\s*/?>"#, " a=\"b\"", "<"), (#"(?:\([^()]*\)|[^()]+)*\)"#, "(a)", "("),
        ("(a|b|ab)*c", "ab", "d"),
        ("[01]{0,20}1[01]{20}$", "01", "x"), ("(.{1,30})+z", "a", "b"), ("(?:a|b)*a(?:a|b){14}x", "ab", "y"),
        (#"^(?:[^,]*,){40}q"#, "a,", "b"), ("(?i)(?:(?:s|ſ)+)+t", "s", "u"),
    ]

    @Test("takes 26 catastrophic patterns in less than a tenth of a second each", arguments: catastrophes.indices)
    func catastrophic(index: Int) throws {
        let (pattern, unit, end) = Self.catastrophes[index]
        #expect(Self.catastrophes.count == 26)
        let expression = try RegularExpression(pattern)
        let count = RegularExpression.Bounds.untrusted.work / expression.programSize - end.utf8.count
        let text = Array(String(repeating: unit, count: count / unit.utf8.count).utf8) + Array(end.utf8)
        // The first of a few: a processor's time is also what its caches and its other half cost.
        var fastest = Duration.seconds(60)
        for _ in 0..<3 where fastest > .milliseconds(100) {
            fastest = min(fastest, try ProcessorTime.of { _ = try expression.matches(text) })
        }
        #expect(fastest < .milliseconds(100), "\(pattern): \(text.count) bytes, \(expression.programSize) instructions")
    }

    @Test("is shared by threads")
    func threads() throws {
        let expression = try RegularExpression("[a-f]+[0-9]{2,6}x?")
        let texts = (0..<200).map { Array("ab\($0)c\($0 * 7)deadbeef\($0 * 31)x".utf8) }
        let alone = try texts.map { try expression.ranges(in: $0) }
        let together = WorkerThreads.map(texts, threads: 8, share: 1) { text in
            Result { () throws(AmxError) in try expression.ranges(in: text) }
        }
        #expect(try together.map { try $0.get() } == alone)
    }
}
