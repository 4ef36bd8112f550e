import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What components ask their host.
@Suite("Runners: WebAssembly and its host", .onTestThreads) struct WasmHostTests {
    private let fixture: WasmFixture

    init() throws { fixture = try WasmFixture() }

    /// Gives back what it is asked, and refuses what it is told to.
    private struct Echo: HostInterface {
        var calls: [String] = []

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            calls.append(method)
            for kind in HostFault.Kind.allCases where parameters["key"]?.string == "\(kind)" {
                throw HostFault(kind, "no: \(kind) \"ü\"")
            }
            return ["method": .string(method), "parameters": parameters]
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { "\\" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// A module that makes a call and gives back the answer; of an error behind a `-`.
    private static func calling(_ method: String, _ parameters: String, times: Int = 1) -> String {
        let lines = """
            (local $length i32) (local $left i32)
            (local.set $left (i32.const \(times)))
            (loop $l
              (local.set $length (call $call (i32.const 1024) (i32.const \(method.utf8.count))
                (i32.const 2048) (i32.const \(parameters.utf8.count))))
              (br_if $l (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (if (i32.lt_s (local.get $length) (i32.const 0)) (then
              ;; An error is put into an array.
              (i32.store8 (i32.const 8191) (i32.const 91))
              (drop (call $answer (i32.const 8192) (i32.const 60000)))
              (local.set $length (i32.sub (i32.const 0) (local.get $length)))
              (i32.store8 (i32.add (i32.const 8192) (local.get $length)) (i32.const 93))
              (call $result (i32.const 8191) (i32.add (local.get $length) (i32.const 2))))
            (else
              (if (i32.ne (call $answer (i32.const 8192) (i32.const 60000)) (local.get $length)) (then unreachable))
              (call $result (i32.const 8192) (local.get $length))))
            """
        let data = """
            (data (i32.const 1024) "\(escaped(method))") (data (i32.const 2048) "\(escaped(parameters))")
            """
        return WasmFixture.module(lines, memory: "2", more: data)
    }

    /// Calls, and what reaches the host of them.
    private static let calls: [(method: String, text: String, parameters: JSONValue)] = [
        ("assets.list", "", [:]), ("assets.list", "{}", [:]),
        ("assets.list", #"{"prefix":"data/"}"#, ["prefix": "data/"]),
        (
            "assets.read", #"{"path":"a","encoding":"base64","offset":3,"length":4}"#,
            ["path": "a", "encoding": "base64", "offset": 3, "length": 4]
        ),
        ("kv.get", #"{"key":"k"}"#, ["key": "k"]),
        ("kv.set", #" { "key" : "k" , "value" : {"a" : [1]} } "#, ["key": "k", "value": ["a": [1]]]),
        ("kv.set", "{\n\t\"key\": \"k\",\r\n\t\"value\": null\n}\n", ["key": "k", "value": nil]),
        ("kv.delete", #"{"key":"k"}"#, ["key": "k"]), ("kv.list", "{}", [:]),
        (
            "http.request", #"{"method":"GET","url":"https://a.example/","headers":{"a":"b"}}"#,
            ["method": "GET", "url": "https://a.example/", "headers": ["a": "b"]]
        ),
        ("events.emit", #"{"topic":"a.b","data":{"c":1}}"#, ["topic": "a.b", "data": ["c": 1]]),
        ("log", #"{"level":"warn","message":"ü😀\u0000\n\"\\"}"#, ["level": "warn", "message": "ü😀\u{0}\n\"\\"]),
        ("config.get", #"{"key":"é\ud83d\ude00"}"#, ["key": "é😀"]),
        // What is wrong is the host's to refuse.
        ("no.such", "[]", []), ("", "7", 7), ("a\"b\n", "null", .null), ("run", #""text""#, "text"),
        ("ü", #"{"key":9223372036854775807}"#, ["key": .integer(.max)]),
    ]

    @Test func callsReachTheHost() throws {
        for row in Self.calls {
            try fixture.add("main", text: Self.calling(row.method, row.text))
            var host = Echo()
            let result = try fixture.call(host: &host)
            #expect(
                result.result == ["method": .string(row.method), "parameters": row.parameters],
                "\(row.method) \(row.text): \(result)")
            #expect(host.calls == [row.method])
        }
    }

    @Test(arguments: HostFault.Kind.allCases)
    func refusalsAreErrors(_ kind: HostFault.Kind) throws {
        var host = Echo()
        try fixture.add("main", text: Self.calling("kv.get", "{\"key\":\"\(kind)\"}"))
        let result = try fixture.call(host: &host)
        #expect(result.result == [["code": .string("\(kind)"), "message": .string("no: \(kind) \"ü\"")]], "\(result)")
    }

    /// Parameters that do not reach the host.
    private static let malformed = [
        "{", "}", "x", "{\"a\":}", "{\"a\":1,\"a\":2}", "\u{1}", "{\"a\":\"\u{1}\"}", "[1] [2]", "\u{0}", "nul",
        "1}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"forged\"", "\"\\ud800\"",
        String(repeating: "[", count: 70) + String(repeating: "]", count: 70), "99999999999999999999",
    ]

    @Test func whatIsNotJSONIsRefused() throws {
        for text in Self.malformed {
            try fixture.add("main", text: Self.calling("kv.get", text))
            var host = Echo()
            let result = try fixture.call(host: &host)
            #expect(result.result.array?.first?["code"] == "invalidParameters", "\(text): \(result)")
            #expect(
                result.result.array?.first?["message"]?.string?.hasPrefix("the parameters are not JSON: ") == true,
                "\(result)")
            #expect(host.calls.isEmpty, "\(text)")
        }
    }

    @Test func bytesThatAreNoTextAreReplaced() throws {
        let module = Self.calling("kv.get", "\"AAAA\"").replacing("\\41\\41\\41\\41", with: "\\ff\\41\\c3\\28")
        try fixture.add("main", text: module)
        var host = Echo()
        let result = try fixture.call(host: &host)
        // Bytes that are no text become U+FFFD before anybody reads them.
        #expect(result.result["parameters"] == "\u{FFFD}A\u{FFFD}(", "\(result)")
    }

    @Test func whatIsTooLargeIsRefused() throws {
        let lines = """
            (if (i32.ge_s (call $call (i32.const 0) (i32.const 2) (i32.const 0) (i32.const 16000000)) (i32.const 0))
              (then unreachable))
            (if (i32.ge_s (call $call (i32.const 0) (i32.const 300) (i32.const 0) (i32.const 2)) (i32.const 0))
              (then unreachable))
            ;; Six times as long as a text of JSON.
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 15000000))
            (if (i32.ge_s (call $call (i32.const 0) (i32.const 2) (i32.const 0) (i32.const 15000000)) (i32.const 0))
              (then unreachable))
            (call $number (i32.const 1))
            """
        try fixture.add("main", text: WasmFixture.module(lines, memory: "1000"))
        var host = Echo()
        let result = try fixture.call(limits: SandboxLimits(milliseconds: 120_000, memoryBytes: 1 << 30), host: &host)
        #expect(result.result == 1, "\(result)")
        #expect(host.calls.isEmpty)
    }

    @Test func largeValuesGoAndCome() throws {
        let echo = """
            (local $length i32)
            (local.set $length (call $input (i32.const 65536) (i32.const 16000000)))
            (local.set $length (call $call (i32.const 0) (i32.const 2) (i32.const 65536) (local.get $length)))
            (drop (call $answer (i32.const 65536) (i32.const 16000000)))
            (call $result (i32.const 65536) (local.get $length))
            """
        try fixture.add(
            "main", text: WasmFixture.module(echo, memory: "400", more: "(data (i32.const 0) \"kv\")"))
        // Quotes, which become twice as long on the way.
        let value = JSONValue.array((0..<200_000).map { _ in .string("\"") })
        var host = Echo()
        let result = try fixture.call(
            "main", value, limits: SandboxLimits(milliseconds: 120_000, memoryBytes: 1 << 30), host: &host)
        #expect(result.result == ["method": "kv", "parameters": value], "\(result.outcome) \(result.error ?? "")")
    }

    @Test func thousandsOfCalls() throws {
        try fixture.add("main", text: Self.calling("kv.get", "{}", times: 5_000))
        var host = Echo()
        #expect(try fixture.call(host: &host).isSuccess)
        #expect(host.calls.count == 5_000)
    }

    @Test func oneWithoutAMemoryCannotAsk() throws {
        try fixture.add(
            "main",
            text: """
                (module (import "aimatrix" "input" (func $input (param i32 i32) (result i32)))
                  (func (export "main") (drop (call $input (i32.const 0) (i32.const 0)))))
                """)
        let result = try fixture.call()
        #expect(result.outcome == .trap("module"))
        #expect(result.error == "it calls its host, but exports no memory by the name 'memory'")
    }

    /// Against the real host: what is declared is done, what is not is denied.
    @Test func theRealHostIsAsked() throws {
        var host = try HostFixture(
            ["capabilities": ["kv": ["a*"]], "resources": ["storage": ["persistent": "1MB"]]],
            files: ["note.txt": "of the capsule"])
        let rows: [(method: String, text: String, result: JSONValue)] = [
            ("kv.set", #"{"key":"a1","value":[1]}"#, .null),
            ("kv.get", #"{"key":"a1"}"#, ["found": true, "value": [1]]),
            (
                "assets.read", #"{"path":"note.txt"}"#,
                ["content": "of the capsule", "size": 14, "encoding": "text"]
            ),
            ("log", #"{"level":"info","message":"told"}"#, .null),
        ]
        for row in rows {
            try fixture.add("main", text: Self.calling(row.method, row.text))
            let result = try fixture.call(host: &host.host)
            #expect(result.result == row.result, "\(row.method): \(result)")
        }
        #expect(host.host.log.map(\.message) == ["told"])
        let denied = [
            ("kv.get", #"{"key":"b"}"#, "denied"), ("events.emit", #"{"topic":"a.b"}"#, "denied"),
            ("no.such", "{}", "unknownMethod"), ("kv.get", #"{"kee":1}"#, "invalidParameters"),
        ]
        for (method, text, code) in denied {
            try fixture.add("main", text: Self.calling(method, text))
            let result = try fixture.call(host: &host.host)
            #expect(result.result.array?.first?["code"]?.string == code, "\(method): \(result)")
        }
        #expect(host.host.denials.count == 2)
    }
}
