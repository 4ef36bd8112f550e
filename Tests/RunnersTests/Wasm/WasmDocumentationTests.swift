import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Runners
@testable import Workspaces

/// What `docs/running.md` and a new capsule show works as it stands there.
@Suite("Runners: the documentation's WebAssembly", .onTestThreads) struct WasmDocumentationTests {
    /// The template's module is what its text becomes.
    @Test func theTemplateIsMadeOfItsSource() throws {
        #expect(try WasmText.module(CodeTemplate.module) == CodeTemplate.moduleBytes)
    }

    /// Inputs, and what the template says to them.
    private static let greetings: [(input: JSONValue, greeting: String)] = [
        (["name": "Ada"], "Hello, Ada"), ([:], "Hello, world"), (.null, "Hello, world"), (["name": 7], "Hello, world"),
        (["name": ""], "Hello, "), (["a": "name", "name": "ü\"\\\n😀\u{0}"], "Hello, ü\"\\\n😀\u{0}"),
        (["names": "x", "b": ["name": "inner"]], "Hello, inner"), ("\"name\":\"x", "Hello, world"),
        (["name": .string(String(repeating: "x", count: 59_980))], "Hello, " + String(repeating: "x", count: 59_980)),
        // Longer than it has room for.
        (["name": .string(String(repeating: "x", count: 60_000))], "Hello, world"),
        (["a": .string(String(repeating: "\\", count: 70_000)), "name": "Ada"], "Hello, world"),
    ]

    @Test func theTemplateGreets() throws {
        let fixture = try WasmFixture()
        try fixture.add("main", CodeTemplate.moduleBytes)
        for row in Self.greetings {
            let result = try fixture.call("greet", row.input)
            #expect(result.result == ["greeting": .string(row.greeting)], "\(result.outcome) \(result.error ?? "")")
        }
    }

    private static let page: String = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let file = folder.appendingPathComponent("docs/running.md")
            if let text = try? String(contentsOf: file, encoding: .utf8) { return text }
        }
        return ""
    }()

    /// Clang comes with Swift, and its linker for WebAssembly too.
    private static let hasCompiler =
        (try? Tool.run("sh", ["-c", "command -v clang wasm-ld"]))?.status == 0

    @Test(.enabled(if: hasCompiler, "there is no clang with wasm-ld")) func theExampleInCRuns() throws {
        let source = try #require(
            Self.page.components(separatedBy: "```c\n").dropFirst().first?.components(separatedBy: "```").first)
        let command = try #require(
            Self.page.components(separatedBy: "$ clang ").dropFirst().first?.components(separatedBy: "\n").first)
        let folder = try TemporaryDirectory("amx-wasm-c")
        try folder.write("src/echo.c", text: source)
        try FileManager.default.createDirectory(
            atPath: folder.appending("components"), withIntermediateDirectories: true)
        let made = try Tool.run("sh", ["-c", "clang \(command)"], in: folder.path)
        try #require(made.status == 0, "\(made.errors)")
        let fixture = try WasmFixture()
        try fixture.add("echo", folder.read("components/echo.wasm"))
        let value: JSONValue = ["text": "ü", "numbers": [1, 2, 3]]
        let result = try fixture.call("echo", of: "echo", value)
        #expect(result.result == value, "\(result)")
    }

    @Test func whatIsMissingIsSaid() throws {
        let none = #expect(throws: AmxError.self) { try WasmLibrary.path(machine: "/none/a", user: "/none/b") }
        let name = WasmLibrary.name
        #expect(none?.message == "cannot run WebAssembly: there is no /none/a/\(name) and no /none/b/\(name)")
        #expect(none?.hint?.contains("hooks/setup") == true)

        let folder = try TemporaryDirectory("amx-wasm-missing")
        try folder.write("capsule/main.wasm", CodeTemplate.moduleBytes)
        let alone = #expect(throws: AmxError.self) {
            try WasmRunner(worker: folder.appending("amx-worker"), showing: folder.appending("capsule"), components: [])
        }
        #expect(alone?.message == "cannot run WebAssembly: there is no program \(folder.path)/amx-wasm")

        // A file that is no library.
        let library = try folder.write("library.so", text: "no library")
        let component = Component(
            id: "main", file: try TreePath("main.wasm"), hash: SHA256Hasher.hash(of: CodeTemplate.moduleBytes))
        let runner = try WasmRunner(
            worker: BuiltPrograms.worker, showing: folder.appending("capsule"), components: [component],
            library: library)
        var host = NoHost()
        let run = EngineRun(.component(id: "main", export: "greet"), input: .null, limits: WasmFixture.patient)
        let broken = #expect(throws: AmxError.self) { try runner.run(run, host: &host, check: {}) }
        #expect(
            broken?.message.hasPrefix("cannot run WebAssembly: /amx/libwasmtime.so: ") == true,
            "\(broken?.message ?? "")")
        #expect(broken?.hint == WasmLibrary.hint)
    }

    /// In the list of a capsule's engines, it is the first one, which looks at the files when it is loaded.
    @Test func itIsLoadedAndUnloaded() throws {
        let folder = try TemporaryDirectory("amx-wasm-set")
        try folder.write("main.wasm", CodeTemplate.moduleBytes)
        let hash = "sha256:\(SHA256Hasher.hash(of: CodeTemplate.moduleBytes))"
        let manifest = try HostFixture.manifest([
            "components": [["id": "main", "file": "main.wasm", "hash": .string(hash)]],
            "runtime": ["main": "component:main#greet"],
        ])
        let engines = EngineSet(worker: BuiltPrograms.worker, showing: folder.path, of: manifest)
        #expect(engines.parts == [.wasm, .static])
        try engines.load()
        #expect(engines.state(of: .wasm) == .ready)
        var host = NoHost()
        let run = EngineRun(
            .component(id: "main", export: "greet"), input: ["name": "Ada"], limits: WasmFixture.patient)
        for _ in 0..<2 {
            let result = try engines.run(run, by: .wasm, host: &host, check: {})
            #expect(result.result == ["greeting": "Hello, Ada"])
            try engines.unload()
        }
        try folder.write("main.wasm", CodeTemplate.moduleBytes + [0])
        let error = #expect(throws: AmxError.self) { try engines.load() }
        #expect(error?.code == .verification)
        #expect(engines.state(of: .wasm) == .failed(error?.message ?? ""))
    }
}
