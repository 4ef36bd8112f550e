import Capsules
import Objects
import TestSupport
import Testing

@Suite("Files that blocks name")
struct ManifestBlockFilesTests {
    private static let members = """
        "runtime": {"main": "src/main.js"},
        "components": [{"id": "c", "file": "c/main.wasm", "hash": "sha256:\(ManifestBlockTests.zeros)"}],
        "mcpServers": [{"id": "py", "command": "python3", "args": ["not/checked.py"]}, {"id": "own", "command": "bin/own"}],
        "tools": [{"name": "a", "description": "d", "inputSchema": {}, "handler": "src/a.py"},
          {"name": "b", "description": "d", "inputSchema": {}, "handler": "component:c#run"}],
        "skills": [{"name": "s", "file": "skills/s/SKILL.md"}],
        "contextFiles": ["context/a.md", {"file": "context/b.md"}], "commands": [{"name": "go", "file": "commands/go.md"}]
        """
    private static let files: [(path: String, place: String)] = [
        ("src/main.js", "$.runtime.main"), ("c/main.wasm", "$.components[0].file"),
        ("bin/own", "$.mcpServers[1].command"),
        ("src/a.py", "$.tools[0].handler"), ("skills/s/SKILL.md", "$.skills[0].file"),
        ("context/a.md", "$.contextFiles[0]"),
        ("context/b.md", "$.contextFiles[1].file"), ("commands/go.md", "$.commands[0].file"),
    ]
    private static let text = Array("{\"id\": \"a\", \"name\": \"A\", \"version\": \"1.0.0\",\n\(members)}".utf8)

    private static func diagnostics(_ paths: [String]) throws -> [ManifestDiagnostic] {
        try Manifest.parse(text).checkFiles(against: paths.map { try TreePath($0) }, text: text)
    }

    @Test("all are there")
    func complete() throws {
        let paths = Self.files.map(\.path)
        #expect(try Self.diagnostics(paths).isEmpty)
        let manifest = try Manifest.parse(
            Self.text, of: try CapsuleID("a"), with: paths.map { try TreePath($0) })
        #expect(manifest.tools.count == 2)
    }

    @Test("each is missed at its place", arguments: 0..<8)
    func missing(index: Int) throws {
        let missing = Self.files[index]
        let paths = Self.files.map(\.path).filter { $0 != missing.path }
        let found = try Self.diagnostics(paths)
        #expect(
            found.map(\.summary) == [
                "\(missing.place): expected a file of the capsule, found \"\(missing.path)\", which is not there"
            ])
        #expect(
            found.allSatisfy {
                $0.severity == .error && $0.line > 1 && $0.advice == "add the file, or remove the entry"
            })
        let inFolder = try Self.diagnostics(paths + ["\(missing.path)/x"])
        #expect(inFolder.map(\.found) == ["\"\(missing.path)\", which is a folder"])
        #expect(throws: AmxError.self) {
            try Manifest.parse(Self.text, of: nil, with: paths.map { try TreePath($0) })
        }
    }

    @Test(
        "a program may be there once for each kind of machine",
        arguments: [
            ("bin/own", ["bin/x86_64-unknown-linux-gnu/own", "bin/aarch64-apple-darwin/own"], true),
            ("bin/own", ["bin/wasm32-wasip1-threads/own"], true), ("bin/own", ["bin/linux/own"], false),
            ("bin/own", ["bin/a-b-c-d-e/own"], false), ("bin/own", ["bin/x86_64-linux-gnu/other"], false),
            ("bin/own", ["x86_64-linux-gnu/bin/own"], false), ("src/a.py", ["src/x86_64-linux-gnu/a.py"], true),
            ("c/main.wasm", ["c/x86_64-linux-gnu/main.wasm"], false),
            ("skills/s/SKILL.md", ["skills/s/x86_64-linux-gnu/SKILL.md"], false),
        ])
    func variants(missing: String, instead: [String], isEnough: Bool) throws {
        let paths = Self.files.map(\.path).filter { $0 != missing } + instead
        #expect(try Self.diagnostics(paths).isEmpty == isEnough)
    }

    @Test("as many missing files as a manifest holds are told of in time")
    func many() throws {
        let names = (0..<100_000).map { "\"\($0)\"" }.joined(separator: ",")
        let text = Array("{\"id\":\"a\",\"name\":\"A\",\"version\":\"1.0.0\",\"contextFiles\":[\(names)]}".utf8)
        let paths = try (0..<20_000).map { try TreePath("f/\($0)") }
        var found: [ManifestDiagnostic] = []
        let time = try ProcessorTime.of {
            found = try Manifest.parse(text).checkFiles(against: paths, text: text)
        }
        #expect(found.count == 100)
        #expect(time < .seconds(60))
    }

    @Test(
        "blocks as large as a manifest may be are read in time",
        arguments: ["components", "mcpServers", "tools", "env"])
    func large(block: String) throws {
        let hash = "sha256:\(ManifestBlockTests.zeros)"
        let elements = (0..<6_000).map { index in
            switch block {
            case "components":
                #"{"id":"c\#(index)","file":"a.wasm","type":"library","hash":"\#(hash)","link":["c\#(max(0, index - 1))"]}"#
            case "mcpServers": #"{"id":"c\#(index)","command":"p\#(index)"}"#
            case "tools":
                #"{"name":"c\#(index)","description":"d","inputSchema":{},"handler":"mcp:s\#(index)#t"}"#
            default: #""V\#(index)":{"enumValues":["a","b"],"default":"b"}"#
            }
        }.joined(separator: ",")
        let value = block == "env" ? "{\(elements)}" : "[\(elements)]"
        let names = (0..<6_000).map { "\"p\($0)\"" }.joined(separator: ",")
        let time = ProcessorTime.of {
            _ = try? ManifestBlockTests.parse("\"capabilities\":{\"hostProcess\":[\(names)]},\"\(block)\":\(value)")
        }
        #expect(time < .seconds(60))
    }
}
