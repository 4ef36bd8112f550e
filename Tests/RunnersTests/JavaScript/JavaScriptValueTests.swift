import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Values go to JavaScript and come back as they were.
@Suite("Runners: values of JavaScript", .onTestThreads) struct JavaScriptValueTests {
    /// Texts that are easily broken: escapes and what looks like some, ends of lines, characters of each length.
    private static let pieces = [
        "\\", "\"", "/", "\\u", "\\ud800", "\\u0000", "u0000", "\u{0}", "\n", "\r", "\t", "\u{7F}", "\u{2028}", "a",
        "0", "é",
        "€", "😀", "\u{FFFF}", "\u{FEFF}", "e\u{301}", "{", "}", "[", "]", ":", ",", "__proto__", "toJSON",
        "constructor",
    ]

    private static func text(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...8, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    private static func number(_ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return .integer(Int64.random(in: -1_000...1_000, using: &generator))
        case 1: return .integer(Int64.random(in: -(1 << 53)...(1 << 53), using: &generator))
        default:
            // Any double that is a number, except minus zero, which JSON.stringify has not.
            let double = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &generator))
            return double.isFinite && double != double.rounded() ? .double(double) : .double(0.5)
        }
    }

    private static func value(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return number(&generator)
        case 3, 4: return .string(text(&generator))
        case 5: return .array((0..<4).map { _ in value(&generator, depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<4 {
                // Keys of digits only would be put in front, and NULs in keys are no JSON of Amx's.
                let key = "k" + text(&generator).split(separator: "\u{0}").joined()
                object[key] = value(&generator, depth: depth - 1)
            }
            return .object(object)
        }
    }

    private struct Echo: HostInterface {
        func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue { parameters }
    }

    @Test func valuesComeBack() throws {
        let fixture = try JavaScriptFixture()
        var generator = SeededGenerator(seed: 20_261_122)
        for _ in 0..<40 {
            let values = JSONValue.array((0..<60).map { _ in Self.value(&generator, depth: 4) })
            #expect(try fixture.run("const handler = i => i", values).result == values)
            var host = Echo()
            let result = try fixture.run(
                "const handler = i => aimatrix.kv.set({ value: i }).value", values, host: &host)
            #expect(result.result == values)
        }
    }

    @Test func wholeNumbersBeyondWhatIsExactAreRounded() throws {
        let fixture = try JavaScriptFixture()
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let numbers = (0..<100).map { _ in Int64.random(in: .min ... .max, using: &generator) }
            let result = try fixture.run("const handler = i => i", .array(numbers.map { .integer($0) }))
            let doubles = result.result.array?.map { value in
                if case .integer(let number) = value { return Double(number) }
                if case .double(let number) = value { return number }
                return .nan
            }
            #expect(doubles == numbers.map { Double($0) })
        }
    }
}
