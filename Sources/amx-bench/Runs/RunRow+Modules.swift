import CWasmtime
import Capsules
import Foundation
import Glibc
import Isolation
import Objects
import Runners

extension RunRow {
    static let coldModuleName = "WebAssembly, cold: a new slot, launcher and engine"
    static let warmModuleName = "WebAssembly, warm"
    static let callsName = "WebAssembly, warm: fib(32), less a call that does nothing"
    static let hashName = "WebAssembly, warm: 200,000 blocks of a hash, less a call that does nothing"
    static let bareCallsName = "Wasmtime's own package for Python, fib(32)"
    static let bareHashName = "Wasmtime's own package for Python, 200,000 blocks of a hash"

    /// Components of WebAssembly, and Wasmtime without limits.
    static func modules(_ place: RunPlace) throws -> [RunRow] {
        let bytes = try module()
        try Data(bytes).write(to: URL(fileURLWithPath: "\(place.folder)/main.wasm"))
        let component = Component(
            id: "main", file: try TreePath("main.wasm"), hash: SHA256Hasher.hash(of: bytes))
        let make = { () throws in
            try WasmRunner(worker: place.worker, showing: place.folder, components: [component])
        }
        let runner = try make()
        let compute = { (export: String) in
            try time { try succeed(runner, export) } - time { try succeed(runner, "nothing") }
        }
        let script = "\(place.folder)/peer.py"
        try peer.write(toFile: script, atomically: true, encoding: .utf8)
        let hasPeer = (try? bare(script, "fib")) != nil
        return [
            RunRow(coldModuleName) { try time { try succeed(make(), "nothing") } },
            RunRow(warmModuleName) { try time { try succeed(runner, "nothing") } },
            RunRow(callsName) { try compute("fib") }, RunRow(hashName) { try compute("hash") },
            RunRow(bareCallsName, run: hasPeer ? { try bare(script, "fib") } : nil),
            RunRow(bareHashName, run: hasPeer ? { try bare(script, "hash") } : nil),
        ]
    }

    private static func succeed(_ runner: WasmRunner, _ export: String) throws {
        var host = NoHost()
        let run = EngineRun(.component(id: "main", export: export), input: nil, limits: RunPlace.limits)
        let result = try runner.run(run, host: &host) {}
        guard result.isSuccess else { throw Program.Failure(description: result.error ?? "it did not run") }
    }

    // MARK: The peer

    /// Times a function of the module without any limits, the engine made and the module compiled.
    private static let peer = """
        import sys, time, wasmtime
        engine = wasmtime.Engine()
        store = wasmtime.Store(engine)
        module = wasmtime.Module.from_file(engine, sys.argv[1])
        function = wasmtime.Instance(store, module, []).exports(store)[sys.argv[2]]
        start = time.perf_counter()
        function(store)
        print((time.perf_counter() - start) * 1000)
        """

    private static func bare(_ script: String, _ export: String) throws -> Double {
        let module = (script as NSString).deletingLastPathComponent + "/main.wasm"
        guard let time = Double(try Program().read("/usr/bin/env", ["python3", script, module, export])) else {
            throw Program.Failure(description: "there is no package wasmtime for python3")
        }
        return time
    }

    // MARK: What is run

    private static func module() throws -> [UInt8] {
        if let failure = amx_wasm_load(try WasmLibrary.path()) {
            throw Program.Failure(description: String(cString: failure))
        }
        var (size, isModule) = (0, false)
        let made = text.withCString { amx_wasm_from_text($0, text.utf8.count, &size, &isModule) }
        defer { free(made) }
        let bytes = Array(UnsafeRawBufferPointer(start: made, count: size))
        guard isModule else { throw Program.Failure(description: String(decoding: bytes, as: UTF8.self)) }
        return bytes
    }

    /// Calls without end, as compilers write them, and the inner loop of SHA-256 over a changing block.
    private static let text = """
        (module
          (memory (export "memory") 1)
          (func (export "nothing"))
          (func $fib (param i32) (result i32)
            (local $sum i32)
            (block $end
              (loop $next
                (br_if $end (i32.lt_s (local.get 0) (i32.const 2)))
                (local.set $sum (i32.add (local.get $sum) (call $fib (i32.sub (local.get 0) (i32.const 1)))))
                (local.set 0 (i32.sub (local.get 0) (i32.const 2)))
                (br $next)))
            (i32.add (local.get 0) (local.get $sum)))
          (func (export "fib") (drop (call $fib (i32.const 32))))
          (func (export "hash")
            (local $block i32) (local $step i32) (local $a i32) (local $b i32) (local $c i32) (local $t i32)
            (local.set $a (i32.const 0x6a09e667)) (local.set $b (i32.const 0xbb67ae85))
            (local.set $c (i32.const 0x3c6ef372))
            (loop $blocks
              (local.set $step (i32.const 0))
              (loop $steps
                (local.set $t (i32.add (i32.load (i32.and (local.get $step) (i32.const 60))) (i32.add (local.get $c)
                  (i32.xor (i32.rotr (local.get $a) (i32.const 6)) (i32.xor (i32.rotr (local.get $a) (i32.const 11))
                    (i32.rotr (local.get $a) (i32.const 25)))))))
                (local.set $c (local.get $b))
                (local.set $b (i32.xor (local.get $a) (i32.and (local.get $b) (local.get $t))))
                (local.set $a (i32.add (local.get $t) (local.get $b)))
                (i32.store (i32.and (local.get $step) (i32.const 60)) (local.get $a))
                (local.set $step (i32.add (local.get $step) (i32.const 1)))
                (br_if $steps (i32.lt_u (local.get $step) (i32.const 64))))
              (local.set $block (i32.add (local.get $block) (i32.const 1)))
              (br_if $blocks (i32.lt_u (local.get $block) (i32.const 200000))))))
        """
}
