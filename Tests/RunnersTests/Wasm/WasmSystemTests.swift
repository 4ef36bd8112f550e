import Capsules
import Foundation
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What WASI is here: commands, one folder, the clocks, random numbers.
@Suite("Runners: WebAssembly and WASI", .onTestThreads) struct WasmSystemTests {
    private let fixture: WasmFixture

    init() throws { fixture = try WasmFixture() }

    private static let imports = """
        (import "aimatrix" "result" (func $result (param i32 i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 16)
        (func $number (param $value i32)
          (local $at i32)
          (local.set $at (i32.const 64))
          (loop $more
            (local.set $at (i32.sub (local.get $at) (i32.const 1)))
            (i32.store8 (local.get $at)
              (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
            (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
            (br_if $more (local.get $value)))
          (call $result (local.get $at) (i32.sub (i32.const 64) (local.get $at))))
        """

    /// A module whose function of some name has some lines; a text is at 1,024, of which an io vector at 16 says where and how long.
    private static func module(_ lines: String, text: String = "", export: String = "main") -> String {
        let bytes = Array(text.utf8)
        let escaped = bytes.map { "\\" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let count = String(bytes.count, radix: 16).count <= 2 ? bytes.count : 255
        let length = "\\" + String(count >> 4, radix: 16) + String(count & 15, radix: 16) + "\\00\\00\\00"
        return """
            (module \(imports)
              (data (i32.const 16) "\\00\\04\\00\\00\(length)")
              (data (i32.const 1024) "\(escaped)")
              (func (export "\(export)") \(lines)))
            """
    }

    // MARK: Commands

    @Test func aCommandReadsItsInputAndWritesItsResult() throws {
        // Reads everything, in small pieces, and writes it as it is read.
        let copy = """
            (loop $more
              (i32.store (i32.const 16) (i32.const 2048)) (i32.store (i32.const 20) (i32.const 7))
              (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 32)))
              (if (i32.load (i32.const 32)) (then
                (i32.store (i32.const 20) (i32.load (i32.const 32)))
                (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40)))
                (br $more))))
            """
        try fixture.add("main", text: Self.module(copy, export: "_start"))
        for value in [.null, 17, "ü😀 text", ["a": [1, 2, 3], "b": "x"]] as [JSONValue] {
            let result = try fixture.call("_start", value)
            #expect(result.result == value, "\(result)")
        }
        try fixture.add("main", text: Self.module("", export: "_start"))
        #expect(try fixture.call("_start").result == .null)
    }

    /// Lines of a command, how it ends, its result and its log.
    private static let ends: [(lines: String, text: String, outcome: RunOutcome, log: String)] = [
        ("(call $exit (i32.const 0))", "", .ok, ""), ("(call $exit (i32.const 1))", "", .exit(1), ""),
        ("(call $exit (i32.const 125))", "", .exit(125), ""),
        ("(drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40)))", "7", .ok, ""),
        (
            "(drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40))) (call $exit (i32.const 0))",
            "7", .ok, ""
        ),
        (
            "(drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40))) (call $exit (i32.const 3))",
            "7", .exit(3), ""
        ),
        (
            "(drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40)))", "no JSON",
            .trap("result"), ""
        ),
        ("(drop (call $write (i32.const 2) (i32.const 16) (i32.const 1) (i32.const 40)))", "told\n", .ok, "told\n"),
        ("unreachable", "", .trap("unreachable"), "    at function 19\n"),
    ]

    @Test func everyEndOfACommandHasItsOutcome() throws {
        for row in Self.ends {
            try fixture.add("main", text: Self.module(row.lines, text: row.text, export: "_start"))
            let result = try fixture.call("_start")
            #expect(result.outcome == row.outcome, "\(row.lines): \(result)")
            #expect(String(decoding: result.log, as: UTF8.self) == row.log, "\(row.lines)")
            if row.outcome == .ok, row.text == "7" { #expect(result.result == 7) }
        }
        // A status beyond what WASI has.
        try fixture.add("main", text: Self.module("(call $exit (i32.const 4711))", export: "_start"))
        let result = try fixture.call("_start")
        #expect(!result.isSuccess && fixture.session?.isUsable == true, "\(result)")
    }

    @Test func aResultThatIsTooLargeIsNone() throws {
        // A number of more digits than may be: what fits of it would be a number too.
        let lines = """
            (memory.fill (i32.const 1024) (i32.const 49) (i32.const 65536))
            (i32.store (i32.const 20) (i32.const 65536))
            (loop $more
              (br_if $more (i32.eqz (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40)))))
            """
        try fixture.add("main", text: Self.module(lines, export: "_start"))
        let result = try fixture.call("_start")
        #expect(result.outcome == .trap("result") && result.error == "it is more than 15 MiB", "\(result)")
    }

    @Test func whatAFunctionWritesToItsOutputIsItsLog() throws {
        let lines = """
            (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 40))) (call $number (i32.const 5))
            """
        try fixture.add("main", text: Self.module(lines, text: "said\n"))
        let result = try fixture.call()
        #expect(result.result == 5 && result.log == Array("said\n".utf8), "\(result)")
        // And it is not given its input there.
        let read = """
            (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 32)))
            (call $number (i32.load (i32.const 32)))
            """
        try fixture.add("main", text: Self.module(read, text: "12345"))
        #expect(try fixture.call("main", "some input").result == 0)
    }

    @Test func aModuleIsInitialised() throws {
        try fixture.add(
            "main",
            text: """
                (module (import "aimatrix" "result" (func $result (param i32 i32)))
                  (memory (export "memory") 1) (data (i32.const 0) "false") (data (i32.const 8) "true")
                  (global $is (mut i32) (i32.const 0))
                  (func (export "_initialize") (global.set $is (i32.const 1)))
                  (func (export "main")
                    (if (global.get $is) (then (call $result (i32.const 8) (i32.const 4)))
                      (else (call $result (i32.const 0) (i32.const 5))))))
                """)
        for _ in 0..<2 { #expect(try fixture.call().result == true) }
    }

    // MARK: Files

    /// Opens the text's path below a descriptor, to read or to write, and gives the errno.
    private static func opening(_ path: String, of descriptor: Int = 3, flags: Int = 0, writing: Bool = false) -> String
    {
        // Rights: read 2, write 64. Open flags: create 1, truncate 8. The links of the last name are followed.
        module(
            """
            (call $number (call $open (i32.const \(descriptor)) (i32.const 1) (i32.const 1024) (i32.const \(path.utf8.count))
              (i32.const \(flags)) (i64.const \(writing ? 66 : 2)) (i64.const 0) (i32.const 0) (i32.const 40)))
            """, text: path)
    }

    private func errno(_ text: String) throws -> Int64? {
        try fixture.add("main", text: text)
        let result = try fixture.call()
        #expect(result.isSuccess, "\(result)")
        return result.result.integer
    }

    @Test func theCapsulesFilesAreReadOnly() throws {
        try fixture.folder.write("capsule/data/text.txt", text: "0123456789")
        let read = """
            (drop (call $open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 13) (i32.const 0) (i64.const 2)
              (i64.const 0) (i32.const 0) (i32.const 40)))
            (i32.store (i32.const 16) (i32.const 2048)) (i32.store (i32.const 20) (i32.const 100))
            (drop (call $read (i32.load (i32.const 40)) (i32.const 16) (i32.const 1) (i32.const 32)))
            (call $result (i32.const 2049) (i32.sub (i32.load (i32.const 32)) (i32.const 1)))
            """
        try fixture.add("main", text: Self.module(read, text: "data/text.txt"))
        #expect(try fixture.call().result == 123_456_789)

        #expect(try errno(Self.opening("data/text.txt")) == 0)
        // No such file.
        #expect(try errno(Self.opening("data/none.txt")) == 44)
        for (flags, isWriting) in [(0, true), (1, true), (8, true), (9, true)] {
            for path in ["data/text.txt", "data/new.txt", "new.txt"] {
                let found = try errno(Self.opening(path, flags: flags, writing: isWriting))
                #expect(found != 0, "\(path) \(flags)")
            }
        }
        let changes = [
            "(call $mkdir (i32.const 3) (i32.const 1024) (i32.const 3))",
            "(call $unlink (i32.const 3) (i32.const 1024) (i32.const 13))",
            "(call $symlink (i32.const 1024) (i32.const 4) (i32.const 3) (i32.const 1024) (i32.const 3))",
            "(call $rename (i32.const 3) (i32.const 1024) (i32.const 13) (i32.const 3) (i32.const 1024) (i32.const 3))",
        ]
        for change in changes {
            #expect(try errno(Self.module("(call $number \(change))", text: "data/text.txt")) != 0, "\(change)")
        }
        #expect(try fixture.folder.read("capsule/data/text.txt") == Array("0123456789".utf8))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.folder.appending("capsule/data")) == [
                "text.txt"
            ])
    }

    @Test func nothingElseIsReached() throws {
        try fixture.folder.write("capsule/data/text.txt", text: "0123456789")
        try fixture.folder.write("secret.txt", text: "secret")
        let links = [
            ("absolute", "/etc"), ("up", ".."), ("far", "../../../../../etc/passwd"), ("secret", "../secret.txt"),
            ("own", "/capsule/data/text.txt"), ("process", "/proc/self/environ"), ("engine", "/amx/wasm"),
            ("self", "self"),
        ]
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: fixture.folder.appending("capsule/\(name)"), withDestinationPath: target)
        }
        let paths = [
            "..", "../etc/passwd", "data/../../etc/passwd", "data/../..", "/etc/passwd", "/", "/capsule/data/text.txt",
            "//etc/passwd", "./../amx/wasm", "absolute", "absolute/passwd", "up", "up/etc/passwd", "far", "secret",
            "own",
            "process", "engine", "self", "data/text.txt/..", "data\u{0}", "",
        ]
        for path in paths {
            #expect(try errno(Self.opening(path)) != 0, "\(path)")
        }
        // Other descriptors are not there, or no folders: 8 is a bad descriptor, 54 no folder.
        for descriptor in [0, 1, 2, 4, 5, 6, 7, 100, -1] {
            let found = try errno(Self.opening("data/text.txt", of: descriptor))
            #expect(found == 8 || found == 54 || found == 76, "\(descriptor): \(found ?? -1)")
        }
        #expect(try errno(Self.module("(call $number (call $prestat (i32.const 3) (i32.const 0)))")) == 0)
        #expect(try errno(Self.module("(call $number (call $prestat (i32.const 4) (i32.const 0)))")) == 8)
    }

    // MARK: The rest

    @Test func thereAreNoVariablesArgumentsAndSockets() throws {
        for function in ["$environ", "$args"] {
            let lines = """
                (i32.store (i32.const 100) (i32.const 9))
                (drop (call \(function) (i32.const 100) (i32.const 104)))
                (call $number (i32.add (i32.load (i32.const 100)) (i32.load (i32.const 104))))
                """
            #expect(try errno(Self.module(lines)) == 0)
        }
        for descriptor in 0..<10 {
            let accept = "(call $accept (i32.const \(descriptor)) (i32.const 0) (i32.const 40))"
            #expect(try errno(Self.module("(call $number \(accept))")) != 0)
            let send =
                "(call $send (i32.const \(descriptor)) (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 40))"
            #expect(try errno(Self.module("(call $number \(send))", text: "x")) != 0)
        }
    }

    @Test func thereAreClocksAndRandomNumbers() throws {
        var numbers: Set<Int64> = []
        for _ in 0..<4 {
            let lines = """
                (drop (call $random (i32.const 100) (i32.const 4))) (call $number (i32.shr_u (i32.load (i32.const 100)) (i32.const 1)))
                """
            numbers.insert(try errno(Self.module(lines)) ?? 0)
        }
        #expect(numbers.count > 1)
        let seconds = """
            (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 104)))
            (call $number (i32.wrap_i64 (i64.div_u (i64.load (i32.const 104)) (i64.const 1000000000))))
            """
        let found = try #require(try errno(Self.module(seconds)))
        #expect(abs(Double(found) - Date().timeIntervalSince1970) < 600)
    }

    @Test func waitingIsEnded() throws {
        // A subscription to a clock of an hour: tag 0 at 8, clock 1 at 16, the time at 24.
        let lines = """
            (i64.store (i32.const 224) (i64.const 3600000000000)) (i32.store (i32.const 216) (i32.const 1))
            (drop (call $poll (i32.const 200) (i32.const 300) (i32.const 1) (i32.const 40)))
            """
        try fixture.add("main", text: Self.module(lines))
        #expect(try fixture.call(limits: SandboxLimits(milliseconds: 400)).outcome == .timeout)
    }

    @Test func theLimitOfFilesAndThreadsIsEnough() throws {
        try fixture.folder.write("capsule/data/text.txt", text: "0123456789")
        let open = """
            (local $left i32) (local $bad i32)
            (local.set $left (i32.const 2000))
            (loop $l
              (if (call $open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 13) (i32.const 0) (i64.const 2)
                (i64.const 0) (i32.const 0) (i32.const 40)) (then (local.set $bad (i32.add (local.get $bad) (i32.const 1)))))
              (local.set $left (i32.sub (local.get $left) (i32.const 1)))
              (br_if $l (local.get $left)))
            (call $number (local.get $bad))
            """
        try fixture.add("main", text: Self.module(open, text: "data/text.txt"))
        let result = try fixture.call()
        // So many cannot be open at once, and the next call has all of them again.
        #expect(result.result.integer.map { $0 > 1_700 && $0 < 2_000 } == true, "\(result)")
        #expect(try fixture.call().result == result.result)
    }
}
