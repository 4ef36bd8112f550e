import TestSupport
import Testing

@testable import Runners

@Suite("Runners: exports of modules") struct WasmExportsTests {
    private static let text = """
        (module
          (memory (export "memory") 1) (global (export "number") i32 (i32.const 1)) (table (export "table") 1 funcref)
          (data (i32.const 0) "note")
          (func (export "note")) (func (export "") (nop)) (func (export "größe")) (func $hidden))
        """

    @Test func functionsAreFoundByTheirNames() throws {
        let bytes = try WasmText.module(Self.text)
        for name in ["note", "", "größe"] { #expect(WasmExports.contains(name, in: bytes), "\(name)") }
        for name in ["memory", "number", "table", "hidden", "not", "note2", "NOTE"] {
            #expect(!WasmExports.contains(name, in: bytes), "\(name)")
        }
        #expect(!WasmExports.contains("main", in: try WasmText.module("(module)")))
    }

    /// What is no module has no exports, and nothing that is broken does harm.
    @Test func brokenModulesHaveNone() throws {
        let bytes = try WasmText.module(Self.text)
        for count in 0..<8 { #expect(!WasmExports.contains("note", in: Array(bytes.prefix(count)))) }
        let header: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
        let broken: [[UInt8]] = [
            [7], [7, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [7, 1, 0xFF],
            [7, 5, 1, 0xFF, 0xFF, 0xFF, 0xFF], [1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 7],
            [7, 7, 1, 4, 0x6E, 0x6F, 0x74, 0x65],
        ]
        for section in broken { #expect(!WasmExports.contains("note", in: header + section), "\(section)") }
        // A component of the component model has another version in its header.
        #expect(!WasmExports.contains("note", in: [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0] + bytes.dropFirst(8)))
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                mutated[Int.random(in: 8..<mutated.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = WasmExports.contains("note", in: mutated.prefix(.random(in: 8...mutated.count, using: &generator)) + [])
        }
    }
}
