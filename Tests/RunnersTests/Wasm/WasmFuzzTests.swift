import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Broken modules: whatever is in them, a call has an outcome, and the next one is as it should be.
@Suite("Runners: broken modules", .onTestThreads) struct WasmFuzzTests {
    private static let text = """
        (module
          (import "aimatrix" "input" (func $input (param i32 i32) (result i32)))
          (import "aimatrix" "result" (func $result (param i32 i32)))
          (import "aimatrix" "call" (func $call (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 2 40) (table 4 20 funcref) (elem (i32.const 0) $walk $walk)
          (type $t (func (param i32) (result i32)))
          (global $g (mut i64) (i64.const 77))
          (data (i32.const 16) "[1,2,{\\"a\\":\\"b\\"}]")
          (func $walk (param i32) (result i32)
            (local $sum i32)
            (block $out (loop $l
              (br_if $out (i32.eqz (local.get 0)))
              (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get 0))))
              (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
              (global.set $g (i64.mul (global.get $g) (i64.extend_i32_u (local.get $sum))))
              (br $l)))
            (local.get $sum))
          (func (export "main")
            (drop (call_indirect (type $t) (call $input (i32.const 100) (i32.const 50)) (i32.const 1)))
            (drop (call $call (i32.const 16) (i32.const 2) (i32.const 16) (i32.const 5)))
            (drop (memory.grow (i32.const 3)))
            (i32.store (i32.const 8) (i32.const 16)) (i32.store (i32.const 12) (i32.const 3))
            (drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 4)))
            (call $result (i32.const 16) (i32.const 15))))
        """

    private struct Anything: HostInterface {
        func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue { parameters }
    }

    private static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            case 3 where bytes.count > 9: bytes.remove(at: place)
            case 4: bytes[place] &+= 1
            default:
                let other = Int.random(in: 0..<bytes.count, using: &generator)
                bytes.swapAt(place, other)
            }
        }
        return bytes
    }

    @Test func everyBrokenModuleHasAnOutcome() throws {
        let module = try WasmText.module(Self.text)
        let fixture = try WasmFixture()
        var generator = SeededGenerator(seed: 20_261_122)
        var outcomes: [String: Int] = [:]
        try fixture.add("right", module)
        for round in 0..<600 { try fixture.add("m\(round)", Self.mutated(module, &generator)) }
        for round in 0..<600 {
            var host = Anything()
            // What runs on without an end is ended.
            let limits = SandboxLimits(milliseconds: 1_000)
            let result = try fixture.call(of: "m\(round)", [1], limits: limits, host: &host)
            outcomes[result.outcome.description, default: 0] += 1
            // None of them makes an end of the engine.
            #expect(![.signal(6), .signal(11), .signal(4)].contains(result.outcome), "\(round): \(result)")
            if round % 20 == 0 {
                #expect(try fixture.call(of: "right", [1], limits: limits, host: &host).result == [1, 2, ["a": "b"]])
            }
        }
        #expect((outcomes["trap(module)"] ?? 0) > 100 && (outcomes["ok"] ?? 0) > 20, "\(outcomes)")
        #expect(outcomes.count >= 4, "\(outcomes)")
    }
}
