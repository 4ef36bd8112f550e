import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// What one call leaves to the next.
@Suite("Runners: the walls of WebAssembly", .onTestThreads) struct WasmIsolationTests {
    private let fixture: WasmFixture

    init() throws { fixture = try WasmFixture() }

    /// Counts the bytes of its memory, grown to some pages, that are not zero; then writes to all of them where it was given `true`.
    private static func looker(pages: Int) -> String {
        let lines = """
            (local $at i32) (local $found i32) (local $end i32)
            (drop (memory.grow (i32.const \(pages - 1))))
            (local.set $end (i32.mul (memory.size) (i32.const 65536)))
            (loop $l
              (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then
                (local.set $found (i32.add (local.get $found) (i32.const 1)))))
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (br_if $l (i32.lt_u (local.get $at) (local.get $end))))
            (if (i32.eq (call $input (i32.const 0) (i32.const 0)) (i32.const 4)) (then
              (memory.fill (i32.const 0) (i32.const 0xAB) (local.get $end))))
            (local.set $found (i32.add (local.get $found) (global.get $left)))
            (global.set $left (i32.const 1000))
            (local.set $found (i32.add (local.get $found) (i32.sub (table.size) (i32.const 1))))
            (drop (table.grow (ref.null func) (i32.const 100)))
            (call $number (local.get $found))
            """
        let more = "(global $left (mut i32) (i32.const 0)) (table 1 10000 funcref)"
        return WasmFixture.module(lines, more: more)
    }

    @Test(arguments: [1, 2, 16, 512, 1_000])
    func memoriesBeginAsZeros(_ pages: Int) throws {
        try fixture.add("main", text: Self.looker(pages: pages))
        #expect(try fixture.call("main", 1).result == 0)
        let session = fixture.session
        for _ in 0..<3 {
            #expect(try fixture.call("main", true).result == 0)
            #expect(try fixture.call("main", 1).result == 0)
        }
        #expect(fixture.session === session)
    }

    /// Also those of another module, which has the same place in the pool.
    @Test func anotherModuleSeesNothingOfTheFirstOne() throws {
        try fixture.add("first", text: Self.looker(pages: 1_000))
        try fixture.add(
            "second",
            text: Self.looker(pages: 1_000).replacing(
                "(memory (export \"memory\") 1)", with: "(memory (export \"memory\") 7)"))
        // With data of its own, whose memory is an image of the file.
        try fixture.add(
            "third",
            text: WasmFixture.module(
                "(call $number (i32.add (i32.load8_u (i32.const 70)) (i32.load8_u (i32.const 71))))",
                more: "(data (i32.const 70) \"a\")"))
        for _ in 0..<3 {
            #expect(try fixture.call(of: "first", true).result == 0)
            #expect(try fixture.call(of: "third").result == 97)
            #expect(try fixture.call(of: "second", 1).result == 0)
            #expect(try fixture.call(of: "third").result == 97)
            #expect(try fixture.call(of: "second", true).result == 0)
        }
    }

    @Test func whatACallLeavesOfItsHostIsGone() throws {
        struct Answering: HostInterface {
            func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue { "secret" }
        }
        let lines = """
            (if (i32.eq (call $input (i32.const 0) (i32.const 0)) (i32.const 4)) (then
              (call $number (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
            (else (call $number (call $answer (i32.const 0) (i32.const 100)))))
            """
        try fixture.add("main", text: WasmFixture.module(lines))
        var host = Answering()
        for _ in 0..<2 {
            #expect(try fixture.call("main", true, host: &host).result == 8)
            #expect(try fixture.call("main", 1, host: &host).result == 0)
        }
        // Neither a result of a call that trapped.
        let trap = """
            (if (i32.eq (call $input (i32.const 0) (i32.const 0)) (i32.const 4)) (then
              (call $number (i32.const 5)) unreachable))
            """
        try fixture.add("main", text: WasmFixture.module(trap))
        #expect(try fixture.call("main", true).outcome == .trap("unreachable"))
        #expect(try fixture.call("main", 1).result == .null)
    }

    @Test func aWarmCallDoesNotCompileAgain() throws {
        let functions = (0..<3_000).map { number in
            """
            (func $f\(number) (param i32) (result i32) (local i32)
              (loop $l
                (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const \(number + 3))) (local.get 0)))
                (br_if $l (i32.and (local.get 1) (i32.const \(number % 7 + 1)))))
              (local.get 1))
            """
        }
        try fixture.add("main", text: WasmFixture.module("(call $number (i32.const 3))", more: functions.joined()))
        let cold = try fixture.call()
        #expect(cold.result == 3)
        let session = fixture.session
        for _ in 0..<10 {
            let warm = try fixture.call()
            #expect(warm.result == 3)
            #expect(warm.usage.processorMicroseconds * 10 < cold.usage.processorMicroseconds, "\(warm) \(cold)")
        }
        #expect(fixture.session === session)
    }

    @Test func manyModulesAndCallsLeaveNothing() throws {
        var sizes: [UInt64] = []
        var sessions: Set<ObjectIdentifier> = []
        for number in 0..<100 {
            try fixture.add("m\(number)", text: WasmFixture.module("(call $number (i32.const \(number)))"))
        }
        var engine: EngineProcess?
        for round in 0..<8 {
            for number in 0..<100 {
                let result = try fixture.call(of: "m\(number)")
                #expect(result.result == .integer(Int64(number)))
                let process = try engine ?? EngineProcess("/amx/wasm", showing: fixture.folder.path)
                engine = process
                if number % 10 == 9 { sizes.append(try process.memory) }
                if let session = fixture.session, round > 0 { sessions.insert(ObjectIdentifier(session)) }
            }
        }
        #expect(sessions.count == 1)
        #expect((sizes.last ?? .max) <= (sizes.prefix(20).max() ?? 0) + 4 << 20, "\(sizes)")
    }

    @Test func aCallThatUsesMuchMemoryKeepsItsEngine() throws {
        let lines = """
            (drop (memory.grow (i32.const 1000))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536000))
            (call $number (memory.size))
            """
        try fixture.add("main", text: WasmFixture.module(lines))
        #expect(try fixture.call().result == 1_001)
        let session = fixture.session
        for _ in 0..<5 { #expect(try fixture.call().result == 1_001) }
        #expect(fixture.session === session)
    }
}
