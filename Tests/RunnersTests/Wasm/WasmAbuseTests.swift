import Capsules
import Guard
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Modules that want more than they may have.
@Suite("Runners: abuse by WebAssembly", .onTestThreads) struct WasmAbuseTests {
    private let fixture: WasmFixture

    init() throws { fixture = try WasmFixture() }

    /// Lines of `main` that do not end.
    private static let endless = [
        "(loop $l (br $l))", "(loop $l (drop (call $input (i32.const 0) (i32.const 8))) (br $l))",
        "(loop $l (call $result (i32.const 0) (i32.const 8)) (br $l))",
        "(loop $l (drop (call $call (i32.const 0) (i32.const 6) (i32.const 0) (i32.const 0))) (br $l))",
        "(loop $l (drop (call $answer (i32.const 0) (i32.const 0))) (br $l))",
        "(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l))",
        "(loop $l (drop (memory.grow (i32.const 0))) (br $l))",
        "(loop $l (drop (memory.grow (i32.const 70000))) (br $l))", "(loop $l (call $other) (br $l))",
        "(return_call $other)",
    ]

    @Test(arguments: endless)
    func whatDoesNotEndIsEnded(_ lines: String) throws {
        let more = "(func $other (if (i32.load (i32.const 0)) (then (return_call $other))))"
        let module = lines.hasPrefix("(return") ? "(i32.store (i32.const 0) (i32.const 1)) \(lines)" : lines
        try fixture.add("main", text: WasmFixture.module(module, more: more))
        let result = try fixture.call(limits: SandboxLimits(milliseconds: 400))
        #expect(result.outcome == .timeout, "\(result)")
        #expect(result.error == "it took more than 400 ms")
        #expect(result.usage.wallMicroseconds >= 400_000)
        #expect(fixture.session == nil)
        try fixture.add("main", text: WasmFixture.module(""))
        #expect(try fixture.call().isSuccess)
    }

    @Test func aStartThatDoesNotEndIsEnded() throws {
        for field in ["(func $f (loop $l (br $l))) (start $f)", "(func (export \"_initialize\") (loop $l (br $l)))"] {
            try fixture.add("main", text: "(module \(field) (func (export \"main\")))")
            #expect(try fixture.call(limits: SandboxLimits(milliseconds: 300)).outcome == .timeout)
        }
    }

    /// Compilation is part of the call: its time and its memory are the call's.
    @Test func whatIsHardToCompileIsEnded() throws {
        let step = "(local.set 0 (i32.add (i32.mul (local.get 0) (local.get 1)) (i32.load (local.get 0))))"
        let steps = String(repeating: step, count: 200_000)
        try fixture.add(
            "main", text: "(module (memory 1) (func (export \"main\") (local i32 i32) \(steps)))")
        let short = try fixture.call(limits: SandboxLimits(milliseconds: 200, memoryBytes: 4 << 30))
        #expect(short.outcome == .timeout, "\(short)")
        #expect(try fixture.call().outcome == .oom)
        let limits = SandboxLimits(milliseconds: 120_000, memoryBytes: 4 << 30)
        #expect(try fixture.call(limits: limits).isSuccess)
    }

    @Test func theTimeIsEachCallsOwn() throws {
        try fixture.add(
            "main",
            text: WasmFixture.module(
                "(if (call $input (i32.const 0) (i32.const 4)) (then (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 116)) (then (loop $l (br $l))))))"
            ))
        #expect(try fixture.call("main", 1).isSuccess)
        let session = try #require(fixture.session)
        #expect(try fixture.call("main", true, limits: SandboxLimits(milliseconds: 30)).outcome == .timeout)
        #expect(!session.isUsable)
    }

    @Test func memoryGrowsToItsLimit() throws {
        let pages =
            "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (call $number (memory.size))"
        try fixture.add("main", text: WasmFixture.module(pages))
        for (mebibytes, count) in [(128, 1_024), (256, 1_024), (88, 1_024), (64, 640), (48, 384)] as [(UInt64, Int64)] {
            let limits = SandboxLimits(milliseconds: 120_000, memoryBytes: mebibytes << 20)
            #expect(try fixture.call(limits: limits).result == .integer(count), "\(mebibytes)")
        }
        // Also for one that asks for more by itself.
        try fixture.add("main", text: WasmFixture.module(pages, memory: "1 65536"))
        #expect(try fixture.call().result == 1_024)
        try fixture.add("main", text: WasmFixture.module(pages, memory: "1 10"))
        #expect(try fixture.call().result == 10)
    }

    /// Fields and lines of `main` that need more and more memory.
    private static let greedy: [(more: String, lines: String)] = [
        ("", "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable"),
        // What is used, too.
        (
            "",
            """
            (loop $l
              (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
              (memory.fill (i32.mul (i32.sub (memory.size) (i32.const 16)) (i32.const 65536)) (i32.const 7)
                (i32.const 1048576))
              (br $l))
            """
        ),
        // As a growing array does it.
        (
            "",
            "(loop $l (if (i32.eq (memory.grow (memory.size)) (i32.const -1)) (then unreachable)) (br $l))"
        ),
        (
            "",
            "(loop $l (drop (memory.grow (i32.const 1))) (i32.store (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (br $l))"
        ),
    ]

    @Test func whatNeedsTooMuchMemoryIsEnded() throws {
        for row in Self.greedy {
            try fixture.add("main", text: WasmFixture.module(row.lines, more: row.more))
            let result = try fixture.call()
            // The last one writes outside before there is too much of it.
            #expect(
                result.outcome == .oom || (result.outcome == .trap("out_of_bounds") && row.lines.contains("drop")),
                "\(row.lines): \(result)")
            #expect(fixture.session?.isUsable == true)
        }
    }

    @Test func severalMemoriesTogetherAreHeldByTheSandbox() throws {
        // Each may have as much, and all of it is used.
        let fill = """
            (drop (memory.grow (i32.const 1023)))
            (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))
            """
        var ids: [String] = []
        for number in 0..<3 {
            ids.append("l\(number)")
            try fixture.add(
                "l\(number)", text: "(module (memory 1) (func (export \"fill\(number)\") \(fill)))", kind: .library)
        }
        let imports = ids.indices.map { "(import \"l\($0)\" \"fill\($0)\" (func $f\($0)))" }.joined()
        let calls = ids.indices.map { "(call $f\($0))" }.joined()
        try fixture.add("main", text: "(module \(imports) (func (export \"main\") \(calls)))", link: ids)
        let result = try fixture.call()
        #expect(result.outcome == .oom, "\(result)")
        #expect(result.error == "it needed more than 128 MiB of memory")
        #expect(fixture.session == nil)
        #expect(try fixture.call(limits: SandboxLimits(milliseconds: 120_000, memoryBytes: 512 << 20)).isSuccess)
    }

    @Test func tablesGrowToTheirLimit() throws {
        let more = "(table $t 1 funcref) (elem declare func $number)"
        let lines = """
            (loop $l (br_if $l (i32.ne (table.grow $t (ref.func $number) (i32.const 100)) (i32.const -1))))
            (if (i32.ne (table.grow $t (ref.null func) (i32.const 100000000)) (i32.const -1)) (then unreachable))
            (call $number (table.size $t))
            """
        try fixture.add("main", text: WasmFixture.module(lines, more: more))
        #expect(try fixture.call().result == 65_501)
    }

    @Test func recursionEnds() throws {
        let more = """
            (func $wide (param i64 i64 i64 i64 i64 i64) (result i64)
              (i64.add (local.get 0) (call $wide (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
                (local.get 0))))
            """
        let lines = """
            (drop (call $wide (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6)))
            """
        try fixture.add("main", text: WasmFixture.module(lines, more: more))
        for _ in 0..<3 { #expect(try fixture.call().outcome == .trap("stack_overflow")) }
    }

    @Test func whatIsWrittenToTheLogIsHeld() throws {
        let lines = "(loop $l (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 100))) (br $l))"
        try fixture.add(
            "main",
            text: """
                (module
                  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                  (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\00\\ff\\00\\00")
                  (func (export "main") \(lines)))
                """)
        let result = try fixture.call()
        #expect(result.outcome == .denied(.quota), "\(result.outcome) \(result.error ?? "")")
    }

    @Test func aCallThatIsNoLongerWantedIsEnded() throws {
        try fixture.add("main", text: WasmFixture.module("(loop $l (br $l))"))
        var asked = 0
        var host = NoHost()
        let error = #expect(throws: AmxError.self) {
            try fixture.call(host: &host) { () throws(AmxError) in
                asked += 1
                if asked == 3 { throw AmxError(.failure, "enough") }
            }
        }
        #expect(error?.message == "enough")
        #expect(asked == 3)
    }

    @Test func theEngineHasWhatItNeedsOfTheLeastLimits() throws {
        try fixture.add("main", text: WasmFixture.module("(call $number (i32.const 1))"))
        let limits = SandboxLimits(
            milliseconds: 120_000, memoryBytes: 48 << 20, processes: 1, outputBytes: 0, temporaryBytes: 0, openFiles: 3)
        #expect(try fixture.call(limits: limits).result == 1)
    }
}
