import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@Suite("Strict JSON: reading")
struct JSONParserTests {
    @Test(
        "reads values",
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-1", -1),
            ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("1.5", 1.5), ("-0", .double(-0.0)), ("0.0", 0.0),
            ("1e3", 1000.0),
            ("1E+2", 100.0), ("25e-1", 2.5), ("0e0", 0.0), ("1.7976931348623157e308", 1.7976931348623157e308),
            ("5e-324", .double(.leastNonzeroMagnitude)),
            ("\"\"", ""), ("\"a\"", "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00""#, "😀"), ("\"é€😀\u{7f}\u{2028}\"", "é€😀\u{7f}\u{2028}"), (#""a\u0000b""#, "a\u{0}b"),
            ("[]", []), ("[ ]", []), ("[1, [2], {}]", [1, [2], [:]]), ("{}", [:]), ("\t{\r\n}\n", [:]),
            (#"{"b":1,"a":{"c":[]}}"#, ["b": 1, "a": ["c": []]]), (#"{"":0}"#, ["": 0]),
            ("{\"\u{e9}\":1,\"e\u{301}\":2}", ["\u{e9}": 1, "e\u{301}": 2]),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test(
        "refuses, and says what and where",
        arguments: [
            ("", .unexpectedEnd, 1, 1), ("  \n ", .unexpectedEnd, 2, 2), ("[", .unexpectedEnd, 1, 2),
            ("{\"a\"", .unexpectedEnd, 1, 5),
            ("\"abc", .unexpectedEnd, 1, 5), ("nul", .unexpectedEnd, 1, 4), ("\"\\", .unexpectedEnd, 1, 3),
            ("\"\\u12", .unexpectedEnd, 1, 6),
            ("-", .unexpectedEnd, 1, 2), ("1.", .unexpectedEnd, 1, 3), ("1e", .unexpectedEnd, 1, 3),
            ("nulx", .unexpectedCharacter, 1, 4), ("'a'", .unexpectedCharacter, 1, 1),
            ("[1 2]", .unexpectedCharacter, 1, 4),
            ("{a:1}", .unexpectedCharacter, 1, 2), ("{\"a\" 1}", .unexpectedCharacter, 1, 6),
            ("[,1]", .unexpectedCharacter, 1, 2),
            ("{,}", .unexpectedCharacter, 1, 2), ("// c\n1", .unexpectedCharacter, 1, 1),
            ("NaN", .unexpectedCharacter, 1, 1),
            ("+1", .unexpectedCharacter, 1, 1), (".5", .unexpectedCharacter, 1, 1), ("[1}", .unexpectedCharacter, 1, 3),
            ("True", .unexpectedCharacter, 1, 1), ("{\"a\":1 \"b\":2}", .unexpectedCharacter, 1, 8),
            ("\u{a0}1", .unexpectedCharacter, 1, 1),
            ("[1,]", .trailingComma, 1, 4), ("{\"a\":1,}", .trailingComma, 1, 8), ("[\n  1,\n]", .trailingComma, 3, 1),
            ("1 2", .trailingContent, 1, 3), ("{} x", .trailingContent, 1, 4), ("[]]", .trailingContent, 1, 3),
            ("\u{feff}{}", .byteOrderMark, 1, 1), ("\"a\nb\"", .controlCharacter, 1, 3),
            ("\"\t\"", .controlCharacter, 1, 2),
            ("\"\u{0}\"", .controlCharacter, 1, 2), (#""\x""#, .invalidEscape, 1, 2),
            (#""\u00g0""#, .invalidEscape, 1, 2),
            (#""é\U0041""#, .invalidEscape, 1, 3), (#""\ud800""#, .loneSurrogate, 1, 2),
            (#""\udc00""#, .loneSurrogate, 1, 2),
            (#""\ud800\u0041""#, .loneSurrogate, 1, 2), (#""\ud800x""#, .loneSurrogate, 1, 2),
            (#""\ud83d\ud83d""#, .loneSurrogate, 1, 2),
            (#"{"a\u0000":1}"#, .nullInKey, 1, 4), (#"{"a":1,"b":2,"a":3}"#, .duplicateKey, 1, 14),
            (#"{"a":1,"\u0061":3}"#, .duplicateKey, 1, 8), ("{\"x\":{\"é\":1,\n\"é\":2}}", .duplicateKey, 2, 1),
            ("01", .invalidNumber, 1, 1), ("-01", .invalidNumber, 1, 2), ("1.x", .invalidNumber, 1, 3),
            ("1e+x", .invalidNumber, 1, 4),
            ("-x", .invalidNumber, 1, 2), ("[1.]", .invalidNumber, 1, 4), ("0x10", .trailingContent, 1, 2),
            ("9223372036854775808", .numberOutOfRange, 1, 1), ("[-9223372036854775809]", .numberOutOfRange, 1, 2),
            ("1e400", .numberOutOfRange, 1, 1),
        ] as [(String, JSONError.Code, Int, Int)])
    func refuses(text: String, code: JSONError.Code, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.code == code)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(
            error?.error(in: "a.json").message.hasPrefix("a.json is not valid JSON: line \(line), column \(column): ")
                == true)
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x80], [0xff], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
            [0xf0, 0x80, 0x80, 0x80],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xc3],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for text in [[quote] + bytes + [quote], [quote, 0x61, 0x5c, 0x6e] + bytes + [quote]] {
            let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
            #expect(error?.code == .invalidUTF8)
        }
    }

    @Test("brackets up to the limit, not one more", arguments: ["[", "{\"a\":"])
    func depth(open: String) throws {
        func nested(_ depth: Int) -> String {
            let close = open == "[" ? "]" : "}"
            return String(repeating: open, count: depth - 1) + (open == "[" ? "[]" : "{}")
                + String(repeating: close, count: depth - 1)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(64)) }
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(nested(65)) }
        #expect(error?.code == .tooDeep)
        // Far beyond any stack, the answer is the same.
        #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: open, count: 1_000_000)) }
        #expect(throws: Never.self) {
            try JSONParser.parse("[" + String(repeating: "[],", count: 100) + "[]]", maximumDepth: 2)
        }
    }

    @Test("a large object finds its duplicates without comparing all pairs")
    func largeObject() throws {
        let members = (0..<20_000).map { "\"key\($0)\":\($0)" }
        let value = try JSONParser.parse("{" + members.joined(separator: ",") + "}")
        #expect(value.object?.count == 20_000)
        #expect(value["key19999"] == 19_999)
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("{" + (members + ["\"key17\":0"]).joined(separator: ",") + "}")
        }
        #expect(error?.code == .duplicateKey)
        #expect(error?.reason == "the key \"key17\" stands twice in its object")
        #expect(error?.offset == 1 + members.reduce(0) { $0 + $1.utf8.count + 1 })
    }

    @Test("a duplicate key is named as a message can hold it")
    func duplicateKeyIsNamed() {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("{\n  \"a\": {\"x\\ny\": 1,\n    \"x\\u000ay\": 2}}")
        }
        #expect(
            error?.error(in: "a.json").message
                == "a.json is not valid JSON: line 3, column 5: the key \"x\\ny\" stands twice in its object")
        #expect(error?.hint == "keep one of the two members")
    }

    @Test("cutting and changing valid text never crashes the parser", arguments: 0..<10)
    func mutations(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let text = Array(#"{"a":[1,-2.5e3,"é\u00e9\ud83d\ude00",null,true],"b":{"c":"\n","d":[[],{}]}} "#.utf8)
        var outcomes: Set<Bool> = []
        for _ in 0..<2000 {
            var bytes = text
            switch Int.random(in: 0...2, using: &generator) {
            case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
            case 1:
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            default: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &generator))
            }
            if let value = try? JSONParser.parse(bytes) {
                #expect((try? JSONParser.parse(JSONWriter.bytes(value))) == value)
                outcomes.insert(true)
            } else {
                outcomes.insert(false)
            }
        }
        #expect(outcomes.count == 2)
    }

    @Test("random documents read as Python reads them", .enabled(if: Tool.exists("python3")))
    func againstPython() throws {
        let script = """
            import json, random
            r = random.Random(7)
            def value(d):
                k = r.randrange(9 if d < 5 else 6)
                if k == 0: return None
                if k == 1: return r.random() < .5
                if k == 2: return r.randrange(-2**63, 2**63)
                if k == 3: return r.uniform(-1, 1) * 10.0 ** r.randrange(-300, 300)
                if k <= 5: return ''.join(chr(r.choice([r.randrange(1, 128), r.randrange(160, 0xd800), r.randrange(0x10000, 0x20000)])) for _ in range(r.randrange(9)))
                if k == 6: return [value(d + 1) for _ in range(r.randrange(5))]
                return {str(r.randrange(100)) + chr(r.randrange(160, 999)): value(d + 1) for _ in range(r.randrange(5))}
            for _ in range(400):
                v = value(0)
                print(json.dumps(v, ensure_ascii=r.random() < .5, indent=None).replace(chr(10), ' '))
                print(json.dumps(v, ensure_ascii=False, sort_keys=True, separators=(',', ':')))
            """
        let outcome = try Tool.run("python3", ["-c", script])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: UInt8(ascii: "\n")).map(Array.init)
        #expect(lines.count == 800)
        var echoed: [String] = []
        for index in stride(from: 0, to: lines.count - 1, by: 2) {
            let value = try JSONParser.parse(lines[index])
            #expect(try JSONParser.parse(lines[index + 1]).object?.count == value.object?.count)
            echoed.append(JSONWriter.text(value, .canonical))
        }
        // Python reads what we wrote and prints it in its own canonical form, which must be its own first line.
        let check =
            "import json, sys\nfor l in sys.stdin: print(json.dumps(json.loads(l), ensure_ascii=False, sort_keys=True, separators=(',', ':')))"
        let again = try Tool.run("python3", ["-c", check], input: Array((echoed.joined(separator: "\n") + "\n").utf8))
        #expect(again.status == 0, "\(again.errors)")
        let expected = stride(from: 1, to: lines.count, by: 2).map { lines[$0] }
        #expect(again.output.split(separator: UInt8(ascii: "\n")).map(Array.init) == expected)
    }
}
