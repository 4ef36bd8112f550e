import Capsules
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Who gets an event: the first engine, in their order, that supports the action (row S-094).
@Suite("Runners: interceptors", .onTestThreads) struct InterceptorTests {
    private let folder: TemporaryDirectory
    private let manifest: Manifest

    init() throws {
        folder = try TemporaryDirectory("amx-interceptors")
        let module = try WasmText.module(
            WasmFixture.module(
                #"(call $result (i32.const 0) (i32.const 6))"#, more: #"(data (i32.const 0) "\"wasm\"")"#))
        try folder.write("capsule/main.wasm", module)
        try folder.write("capsule/both.js", text: "function handler(input) { return ['js', input.topic] }")
        try folder.write("capsule/both.py", text: "import json\nprint(json.dumps('python'))\n")
        let hasher = SHA256Hasher()
        hasher.update(module)
        let document: JSONValue = [
            "id": "a", "name": "A", "version": "1.0.0",
            "components": [["id": "m", "file": "main.wasm", "hash": .string("sha256:\(hasher.finish().hex)")]],
            "mcpServers": [["id": "s", "command": "python3", "args": ["server.py"]]],
            "tools": [
                ["name": "note", "description": "d", "inputSchema": [:], "handler": "both.js"],
                ["name": "main2", "description": "d", "inputSchema": [:], "handler": "both.py"],
            ],
        ]
        manifest = try Manifest.parse(JSONWriter.bytes(document))
    }

    private var engines: EngineSet {
        EngineSet(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
    }

    @Test func theFirstThatSupportsItGetsIt() throws {
        let rows: [(action: String, handler: String?, engine: Engine?)] = [
            ("note", "both.js", .js), ("main2", "both.py", .process),
            ("main", "component:m#main", .wasm), ("component:m#main", "component:m#main", .wasm),
            ("component:m#other", "component:m#other", .wasm), ("component:none#main", nil, nil), ("memory", nil, nil),
            ("mcp:s#echo", "mcp:s#echo", .mcp), ("mcp:none#echo", nil, nil), ("mcp:s#", nil, nil),
            ("both.js", "both.js", .js), ("both.py", "both.py", .process), ("none.js", nil, nil), ("none.py", nil, nil),
            ("../both.py", nil, nil), ("/etc/passwd", nil, nil), ("", nil, nil), ("NOTE", nil, nil),
        ]
        let handlers = ActionHandlers(manifest: manifest, folder: folder.path + "/capsule")
        for row in rows {
            let found = try handlers.first(row.action)
            #expect(found?.handler.description == row.handler, "\(row.action)")
            #expect(found?.engine == row.engine, "\(row.action)")
        }
    }

    @Test func itsAnswerIsTheAnswer() throws {
        let engines = engines
        var host = NoHost()
        let limits = SandboxLimits(milliseconds: 120_000)
        for (action, result) in [("main", "wasm"), ("note", ["js", "a.b"]), ("both.py", "python")]
            as [(String, JSONValue)]
        {
            let answer = try engines.invokeInterceptor(
                action, input: ["topic": "a.b"], limits: limits, host: &host)
            #expect(answer?.result == result, "\(action): \(answer?.error ?? "")")
        }
        #expect(try engines.invokeInterceptor("nothing", input: .null, host: &host) == nil)
    }

    /// A delivery is a run with the level of the capsule, or of the tool that it is.
    @Test func anEventIsATarget() throws {
        let target = try #require(
            try RunTarget(event: "a.b", action: "note", of: manifest, in: folder.path + "/capsule"))
        #expect(target.label == "event:a.b" && target.tool?.name == "note" && target.engine == .js)
        #expect(target.name(in: manifest) == "a.event:a.b")
        #expect(try RunTarget(event: "a.b", action: "none", of: manifest, in: folder.path + "/capsule") == nil)
    }
}
