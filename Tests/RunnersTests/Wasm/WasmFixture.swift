import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// A capsule's folder with components, and the engine around it.
final class WasmFixture {
    let folder: TemporaryDirectory
    private var entries: [JSONValue] = []
    private var present: WasmRunner?

    init() throws { folder = try TemporaryDirectory("amx-wasm") }

    /// Much more than anything needs that is to end by itself.
    static let patient = SandboxLimits(milliseconds: 120_000)

    /// The engine around what was added so far; another one once more is added.
    func runner() throws -> WasmRunner {
        if let present { return present }
        let made = try WasmRunner(
            worker: BuiltPrograms.worker, showing: folder.path + "/capsule",
            components: HostFixture.manifest(["components": .array(entries)]).components)
        present = made
        return made
    }

    var session: EngineSession? { present?.session }

    /// Adds a component of some bytes, or replaces it, and says its hash.
    func add(_ id: String, _ bytes: [UInt8], link: [String] = [], kind: Component.Kind = .executable) throws {
        try folder.write("capsule/components/\(id).wasm", bytes)
        entries = entries.filter { $0["id"]?.string != id }
        entries.append([
            "id": .string(id), "file": .string("components/\(id).wasm"), "type": .string(kind.rawValue),
            "hash": .string("sha256:\(SHA256Hasher.hash(of: bytes))"), "link": .array(link.map { .string($0) }),
        ])
        present = nil
    }

    /// Adds a component of a text form.
    func add(_ id: String, text: String, link: [String] = [], kind: Component.Kind = .executable) throws {
        try add(id, WasmText.module(text), link: link, kind: kind)
    }

    /// Calls an export of a component.
    func call(
        _ export: String = "main", of id: String = "main", _ input: JSONValue = .null, limits: SandboxLimits = patient,
        host: inout some HostInterface, check: () throws(AmxError) -> Void = {}
    ) throws -> RunResult {
        try runner().run(
            EngineRun(.component(id: id, export: export), input: input, limits: limits), host: &host, check: check)
    }

    /// Calls an export of a component, which asks its host for nothing.
    func call(
        _ export: String = "main", of id: String = "main", _ input: JSONValue = .null, limits: SandboxLimits = patient
    ) throws -> RunResult {
        var host = NoHost()
        return try call(export, of: id, input, limits: limits, host: &host)
    }

    /// Runs the function `main` of a module with these lines; what they may use is ``prelude``.
    func run(
        _ lines: String, _ input: JSONValue = .null, limits: SandboxLimits = patient
    ) throws -> RunResult {
        try add("main", text: Self.module(lines))
        return try call("main", input, limits: limits)
    }

    /// A module with all imports, a memory of a page and a function `main` of some lines; `more` are further fields.
    static func module(_ lines: String, memory: String = "1", more: String = "") -> String {
        """
        (module
          (import "aimatrix" "input" (func $input (param i32 i32) (result i32)))
          (import "aimatrix" "result" (func $result (param i32 i32)))
          (import "aimatrix" "fail" (func $fail (param i32 i32)))
          (import "aimatrix" "call" (func $call (param i32 i32 i32 i32) (result i32)))
          (import "aimatrix" "answer" (func $answer (param i32 i32) (result i32)))
          (memory (export "memory") \(memory))
          (func $number (param $value i32)
            ;; The result is a whole number that is not negative.
            (local $at i32)
            (local.set $at (i32.const 64))
            (loop $more
              (local.set $at (i32.sub (local.get $at) (i32.const 1)))
              (i32.store8 (local.get $at)
                (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
              (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
              (br_if $more (local.get $value)))
            (call $result (local.get $at) (i32.sub (i32.const 64) (local.get $at))))
          \(more)
          (func (export "main") \(lines)))
        """
    }
}
