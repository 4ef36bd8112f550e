import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What comes of calls of components.
@Suite("Runners: WebAssembly", .onTestThreads) struct WasmRunnerTests {
    private let fixture: WasmFixture

    init() throws { fixture = try WasmFixture() }

    private static let echo = """
        (call $result (i32.const 100) (call $input (i32.const 100) (i32.const 60000)))
        """

    @Test func inputComesAndResultGoes() throws {
        let values: [JSONValue] = [
            .null, true, 7, .double(1.5), "ü😀\u{0}\"\\\n\u{7F}", [1, [2, []]], ["a": ["b": nil], "ü": "x"],
        ]
        for value in values {
            let result = try fixture.run(Self.echo, value)
            #expect(result.outcome == .ok, "\(result.error ?? "")")
            #expect(result.result == value)
        }
        #expect(try fixture.run("").result == .null)
    }

    /// Lines of `main`, how the call ends, and what is said of it.
    private static let outcomes: [(lines: String, outcome: RunOutcome, error: String)] = [
        ("unreachable", .trap("unreachable"), "it came to where it can never come"),
        ("(drop (i32.load (i32.const 65536)))", .trap("out_of_bounds"), "it used an address outside of its memory"),
        ("(drop (i32.load (i32.const -1)))", .trap("out_of_bounds"), "it used"),
        ("(i32.store (i32.const 65533) (i32.const 1))", .trap("out_of_bounds"), "it used"),
        ("(memory.fill (i32.const 1) (i32.const 0) (i32.const 65536))", .trap("out_of_bounds"), "it used"),
        ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", .trap("div_by_zero"), "it divided by zero"),
        ("(drop (i64.rem_u (i64.const 1) (i64.const 0)))", .trap("div_by_zero"), "it divided by zero"),
        ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", .trap("integer_overflow"), "a whole number"),
        ("(drop (i32.trunc_f64_s (f64.const nan)))", .trap("bad_conversion"), "it made a whole number"),
        ("(drop (i32.trunc_f64_s (f64.const 1e300)))", .trap("integer_overflow"), "a whole number became too large"),
        ("(call_indirect (type $none) (i32.const 9))", .trap("table_out_of_bounds"), "it used an element"),
        ("(call_indirect (type $none) (i32.const 1))", .trap("null_call"), "it called an element"),
        ("(call_indirect (type $none) (i32.const 0))", .trap("bad_signature"), "it called a function as"),
        ("(drop (table.get (i32.const 9)))", .trap("table_out_of_bounds"), "it used an element"),
        ("(call $deep)", .trap("stack_overflow"), "its functions call each other too deep"),
        // Addresses that the host is given.
        ("(drop (call $input (i32.const 65536) (i32.const 1)))", .trap("out_of_bounds"), "it gave its host"),
        ("(drop (call $input (i32.const 65530) (i32.const 7)))", .trap("out_of_bounds"), "it gave its host"),
        ("(drop (call $input (i32.const -1) (i32.const -1)))", .trap("out_of_bounds"), "it gave its host"),
        ("(call $result (i32.const 1) (i32.const 65536))", .trap("out_of_bounds"), "it gave its host"),
        ("(call $result (i32.const 0) (i32.const -1))", .trap("out_of_bounds"), "it gave its host"),
        ("(call $fail (i32.const 65537) (i32.const 0))", .trap("out_of_bounds"), "it gave its host"),
        ("(drop (call $answer (i32.const 65530) (i32.const 7)))", .trap("out_of_bounds"), "it gave its host"),
        (
            "(drop (call $call (i32.const 0) (i32.const 1) (i32.const 65530) (i32.const 7)))", .trap("out_of_bounds"),
            "it gave its host"
        ),
        // Results.
        ("(call $result (i32.const 500) (i32.const 1))", .trap("result"), "it is not UTF-8"),
        ("(call $result (i32.const 512) (i32.const 3))", .trap("result"), "what it gave back is not JSON"),
        ("(call $result (i32.const 512) (i32.const 0))", .trap("result"), "what it gave back is not JSON"),
        ("(call $result (i32.const 516) (i32.const 2))", .trap("result"), "it is not UTF-8"),
        ("(call $fail (i32.const 512) (i32.const 3))", .trap("exception"), "no!"),
        ("(call $fail (i32.const 516) (i32.const 3))", .trap("exception"), "\u{FFFD}x\u{FFFD}"),
        ("(call $fail (i32.const 512) (i32.const 0))", .trap("exception"), ""),
    ]

    @Test func everyEndHasItsOutcome() throws {
        let more = """
            (type $none (func))
            (table 3 funcref) (elem (i32.const 0) $number)
            (data (i32.const 512) "no!\\00\\ffx\\c3")
            (func $deep (call $deep))
            """
        for row in Self.outcomes {
            try fixture.add("main", text: WasmFixture.module(row.lines, more: more))
            let result = try fixture.call()
            #expect(result.outcome == row.outcome, "\(row.lines): \(result)")
            #expect(result.error?.hasPrefix(row.error) == true, "\(row.lines): \(result.error ?? "")")
            // The engine survives all of this.
            #expect(fixture.session?.isUsable == true, "\(row.lines)")
        }
    }

    @Test func theLogSaysWhereItTrapped() throws {
        let more = "(func $inner unreachable) (func $outer (call $inner))"
        try fixture.add("main", text: WasmFixture.module("(call $outer)", more: more))
        let result = try fixture.call()
        #expect(String(decoding: result.log, as: UTF8.self) == "    at inner\n    at outer\n    at function 8\n")
    }

    @Test func aCallAfterATrapBeginsAnew() throws {
        let more = "(global $stack (mut i32) (i32.const 1000))"
        let lines = """
            (global.set $stack (i32.sub (global.get $stack) (i32.const 16)))
            (i32.store (i32.const 2048) (i32.add (i32.load (i32.const 2048)) (i32.const 1)))
            (if (i32.eqz (call $input (i32.const 0) (i32.const 0))) (then unreachable))
            (if (i32.eq (call $input (i32.const 0) (i32.const 4)) (i32.const 4)) (then unreachable))
            (call $number (i32.add (global.get $stack) (i32.load (i32.const 2048))))
            """
        try fixture.add("main", text: WasmFixture.module(lines, more: more))
        for _ in 0..<5 {
            // `true` has four bytes.
            #expect(try fixture.call("main", true).outcome == .trap("unreachable"))
            #expect(try fixture.call("main", 7).result == 985)
        }
    }

    @Test func onlyComponentsAreRun() throws {
        try fixture.add("main", text: WasmFixture.module(""))
        var host = NoHost()
        let run = EngineRun(.file(try TreePath("a.js")), input: .null)
        #expect(try fixture.runner().run(run, host: &host, check: {}).outcome == .setupFailed)
        let other = try fixture.call(of: "other")
        #expect(other.outcome == .trap("module") && other.error == "the manifest has no component 'other'")
    }

    @Test func otherLimitsNeedAnotherEngine() throws {
        try fixture.add("main", text: WasmFixture.module(""))
        #expect(try fixture.call().isSuccess)
        let first = fixture.session
        var limits = WasmFixture.patient
        limits.milliseconds -= 1
        #expect(try fixture.call(limits: limits).isSuccess)
        #expect(fixture.session === first)
        limits.memoryBytes *= 2
        #expect(try fixture.call(limits: limits).isSuccess)
        #expect(fixture.session !== first)
    }
}
