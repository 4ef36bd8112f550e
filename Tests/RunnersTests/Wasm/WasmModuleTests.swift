import Capsules
import Foundation
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Which modules are run, and what they are linked with.
@Suite("Runners: modules of WebAssembly", .onTestThreads) struct WasmModuleTests {
    private let fixture: WasmFixture

    init() throws { fixture = try WasmFixture() }

    /// Modules that are refused before anything of them runs, and what is said.
    private static let refused: [(text: String, error: String)] = [
        (#"(import "env" "abort" (func))"#, "imports 'abort' from 'env', which is not there"),
        (#"(import "aimatrix" "exec" (func))"#, "imports 'exec' from 'aimatrix', which is not there"),
        (#"(import "aimatrix" "" (func))"#, "imports '' from 'aimatrix', which is not there"),
        (#"(import "" "input" (func))"#, "imports 'input' from '', which is not there"),
        (#"(import "money" "add" (func))"#, "imports 'add' from 'money', which is not there"),
        (#"(import "wasi_snapshot_preview1" "sock_open" (func))"#, "imports 'sock_open' from 'wasi_snapshot_preview1'"),
        (#"(import "wasi_unstable" "fd_write" (func))"#, "imports 'fd_write' from 'wasi_unstable', which is not there"),
        (#"(import "wasi:cli/run" "run" (func))"#, "imports 'run' from 'wasi:cli/run', which is not there"),
        (#"(import "aimatrix" "memory" (memory 1))"#, "imports 'memory' from 'aimatrix', which is not there"),
        (#"(import "aimatrix" "input" (func))"#, "cannot be instantiated: types incompatible: expected type `(func)`"),
        (#"(import "aimatrix" "input" (func (param i64 i32) (result i32)))"#, "cannot be instantiated: "),
        (#"(import "aimatrix" "input" (global i32))"#, "cannot be instantiated: "),
        ("(memory 1025)", "memory"), ("(memory 65536)", "memory"), ("(table 65537 funcref)", "table"),
        ("(memory 1) (data (i32.const 65535) \"ab\")", "it used an address outside of its memory"),
        ("(func $start unreachable) (start $start)", "it came to where it can never come"),
        // What is left out of the language.
        ("(memory 1 1 shared)", "threads"), ("(memory i64 1)", "memory64"), ("(tag $error)", "exceptions"),
        ("(type (struct))", "gc"),
        // What has no such function.
        ("(func (export \"other\"))", "does not export main"),
        ("(func (export \"main\") (param i32))", "exports something else than a function without parameters"),
        ("(func (export \"main\") (result i32) (i32.const 1))", "exports something else than a function"),
        ("(memory (export \"main\") 1)", "exports something else than a function"),
        ("(global (export \"main\") i32 (i32.const 1))", "exports something else than a function"),
    ]

    @Test func whatCannotBeIsRefused() throws {
        for row in Self.refused {
            let main = row.text.contains("main\"") || row.text.contains("other") ? "" : "(func (export \"main\"))"
            try fixture.add("main", text: "(module \(row.text) \(main))")
            let result = try fixture.call()
            #expect(!result.isSuccess, "\(row.text)")
            #expect(result.error?.contains(row.error) == true, "\(row.text): \(result.outcome) \(result.error ?? "")")
            if !row.error.hasPrefix("it ") { #expect(result.outcome == .trap("module"), "\(row.text)") }
            #expect(fixture.session?.isUsable == true)
        }
    }

    @Test func whatIsNoModuleIsRefused() throws {
        let module = try WasmText.module("(module (func (export \"main\")))")
        let texts: [[UInt8]] = [
            [], [0], Array("#!/bin/sh\necho\n".utf8), Array("\u{7F}ELF".utf8), Array(module.prefix(module.count - 1)),
            [0, 0x61, 0x73, 0x6D], module + [0], Array("(module (func (export \"main\")))".utf8),
            // A component of the component model.
            [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0],
        ]
        for text in texts {
            try fixture.add("main", text)
            let result = try fixture.call()
            #expect(result.outcome == .trap("module"), "\(text): \(result)")
            #expect(result.error?.hasPrefix("components/main.wasm: ") == true, "\(result.error ?? "")")
        }
    }

    @Test func whatTheEngineHasCompiledItselfIsNoModule() throws {
        // The form in which Wasmtime stores compiled code is an ELF file, which would run as it is.
        let bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0xC8] + [UInt8](repeating: 0, count: 200)
        try fixture.add("main", bytes)
        #expect(try fixture.call().outcome == .trap("module"))
    }

    private static let money = """
        (module
          (memory (export "memory") 1)
          (global $count (mut i32) (i32.const 0))
          (func (export "_initialize") (global.set $count (i32.const 10)))
          (func (export "count") (result i32)
            (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))
        """

    @Test func librariesAreLinked() throws {
        try fixture.add("money", text: Self.money, kind: .library)
        try fixture.add("tax", text: Self.user(of: "money", exporting: "tax"), link: ["money"], kind: .library)
        let main = """
            (module
              (import "tax" "tax" (func $tax (result i32)))
              (import "money" "count" (func $count (result i32)))
              (import "aimatrix" "result" (func $result (param i32 i32)))
              (memory (export "memory") 1)
              (func (export "main")
                ;; Both see the same instance: 11 and 12.
                (if (i32.eq (call $tax) (i32.const 11)) (then
                  (if (i32.eq (call $count) (i32.const 12)) (then (call $result (i32.const 0) (i32.const 4))))))
              )
              (data (i32.const 0) "true"))
            """
        try fixture.add("main", text: main, link: ["money", "tax"])
        for _ in 0..<3 { #expect(try fixture.call().result == true) }
        // The library is not the component's own where it is linked by another one only.
        try fixture.add("main", text: main, link: ["tax"])
        let result = try fixture.call()
        #expect(result.outcome == .trap("module"))
        #expect(result.error == "components/main.wasm imports 'count' from 'money', which is not there")
    }

    private static func user(of library: String, exporting name: String) -> String {
        """
        (module (import "\(library)" "count" (func $count (result i32)))
          (func (export "\(name)") (result i32) (call $count)))
        """
    }

    @Test func aLibraryTakesNoPlaceOfTheHost() throws {
        try fixture.add(
            "aimatrix", text: "(module (func (export \"exec\")) (func (export \"input\")))", kind: .library)
        try fixture.add(
            "main", text: "(module (import \"aimatrix\" \"exec\" (func)) (func (export \"main\")))", link: ["aimatrix"])
        #expect(try fixture.call().error?.hasSuffix("imports 'exec' from 'aimatrix', which is not there") == true)
    }

    @Test func aLibrarysMemoryIsItsOwn() throws {
        try fixture.add(
            "lib",
            text: """
                (module (import "aimatrix" "result" (func $result (param i32 i32)))
                  (memory (export "memory") 1) (data (i32.const 0) "\\22lib\\22")
                  (func (export "say") (call $result (i32.const 0) (i32.const 5))))
                """, kind: .library)
        try fixture.add(
            "main",
            text: """
                (module (import "lib" "say" (func $say)) (memory (export "memory") 1) (data (i32.const 0) "wrong")
                  (func (export "main") (call $say)))
                """, link: ["lib"])
        #expect(try fixture.call().result == "lib")
    }

    @Test func thereAreOnlySoManyInstances() throws {
        var ids: [String] = []
        for number in 0..<16 {
            let memory = number < 8 ? "(memory 1)" : ""
            try fixture.add("l\(number)", text: "(module \(memory) (func (export \"f\")))", kind: .library)
            ids.append("l\(number)")
        }
        try fixture.add("main", text: "(module (func (export \"main\")))", link: Array(ids.prefix(15)))
        #expect(try fixture.call().outcome == .ok)
        try fixture.add("main", text: "(module (memory 1) (func (export \"main\")))", link: Array(ids.prefix(15)))
        let memories = try fixture.call()
        #expect(memories.outcome == .trap("module"), "\(memories)")
        try fixture.add("main", text: "(module (func (export \"main\")))", link: ids)
        let instances = try fixture.call()
        #expect(
            instances.outcome == .trap("module") && instances.error?.contains("more than 16") == true, "\(instances)")
    }

    @Test func aChangedFileIsRefused() throws {
        try fixture.add("lib", text: Self.money, kind: .library)
        try fixture.add("main", text: WasmFixture.module("(call $number (i32.const 1))"), link: ["lib"])
        #expect(try fixture.call().result == 1)
        let other = try WasmText.module(WasmFixture.module("(call $number (i32.const 2))"))
        for id in ["main", "lib"] {
            let path = "capsule/components/\(id).wasm"
            let before = try fixture.folder.read(path)
            let engine = fixture.session
            let changes: [[UInt8]] = [other, before + [0], Array(before.dropLast()), []]
            for changed in changes {
                try fixture.folder.write(path, changed)
                let error = #expect(throws: AmxError.self) { try fixture.call() }
                #expect(error?.code == .verification)
                #expect(error?.message.contains("cannot run the component '\(id)'") == true, "\(error?.message ?? "")")
                #expect(error?.message.contains("the manifest says sha256:") == true)
            }
            try FileManager.default.removeItem(atPath: fixture.folder.appending(path))
            #expect(throws: AmxError.self) { try fixture.call() }
            // A link to what is right is refused as well.
            try fixture.folder.write("capsule/copy.wasm", before)
            try FileManager.default.createSymbolicLink(
                atPath: fixture.folder.appending(path), withDestinationPath: "../copy.wasm")
            #expect(throws: AmxError.self) { try fixture.call() }
            try FileManager.default.removeItem(atPath: fixture.folder.appending(path))
            try fixture.folder.write(path, before)
            #expect(try fixture.call().result == 1)
            #expect(fixture.session === engine)
        }
    }

    /// A stamp spares the look at a file's content only where that cannot have changed.
    @Test func whatWasComparedIsComparedAgainOnceItChanges() throws {
        try fixture.folder.write("fresh", text: "a")
        let digest = SHA256Hasher.hash(of: Array("a".utf8))
        // Just written: two changes may have the same times.
        #expect(
            try HashedFile(path: fixture.folder.appending("fresh"), folder: nil, digest: digest).verify("test") == nil)
        let tool = HashedFile(
            path: "/usr/bin/true", folder: nil, digest: SHA256Hasher.hash(of: try Self.bytes("/usr/bin/true")))
        let stamp = try #require(try tool.verify("test"))
        #expect(try tool.verify("test", since: stamp) == stamp)
        // Another file's stamp counts for nothing.
        #expect(throws: AmxError.self) {
            try HashedFile(path: "/usr/bin/false", folder: nil, digest: tool.digest).verify("test", since: stamp)
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
