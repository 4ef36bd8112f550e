import Capsules
import Objects
import Testing

@Suite("Blocks of code and texts")
struct ManifestBlockTests {
    static let zeros = String(repeating: "0", count: 64)

    static func parse(_ members: String) throws -> Manifest {
        try Manifest.parse(
            Array((#"{"id":"a","name":"A","version":"1.0.0""# + (members.isEmpty ? "" : ",") + members + "}").utf8))
    }

    @Test("a manifest without them denies all and runs nothing")
    func none() throws {
        let manifest = try Self.parse("")
        #expect(manifest.securityLevel == nil && manifest.capabilities == Capabilities())
        #expect(manifest.sandbox == SandboxSettings() && manifest.runtime == RuntimeSettings())
        #expect(manifest.components.isEmpty && manifest.mcpServers.isEmpty && manifest.tools.isEmpty)
        #expect(manifest.environment.isEmpty && manifest.skills.isEmpty)
        #expect(manifest.contextFiles.isEmpty && manifest.commands.isEmpty)
        let capabilities = manifest.capabilities
        #expect(!capabilities.isUplink && !capabilities.allowsPromptInjection && capabilities.net.isEmpty)
        #expect(try Self.parse(#""capabilities":{},"sandbox":{},"runtime":{}"#).capabilities == Capabilities())
    }

    @Test("levels are ordered", arguments: SecurityLevel.allCases)
    func levels(level: SecurityLevel) throws {
        let manifest = try Self.parse("\"securityLevel\":\"\(level.rawValue)\"")
        #expect(manifest.securityLevel == level)
        #expect(SecurityLevel.allCases.filter { $0 < level }.count == SecurityLevel.allCases.firstIndex(of: level))
    }

    @Test("capabilities, each in its form")
    func capabilities() throws {
        let found = try Self.parse(
            """
            "capabilities": {
              "uplink": true, "net": ["API.Example.com.", "*", "10.0.0.1", "[::1]"],
              "netConnect": ["DB.example.com:5432", "mail.example.com:*", "[fe80::1]:22"], "netBind": ["unix:chat"],
              "kv": ["*"], "fsRead": ["*", "cwd://", "workspace://a//b/./c", "cwd:///etc", "/srv/data/"],
              "fsWrite": ["home://x"], "hostProcess": ["git", "g++"], "ipcPublish": ["a.v1.b"], "ipcSubscribe": ["*", "a.*"],
              "identity": ["link", "resolve"], "allowPromptInjection": true
            }
            """
        ).capabilities
        #expect(found.isUplink && found.allowsPromptInjection)
        #expect(found.net == ["api.example.com", "*", "10.0.0.1", "[::1]"])
        #expect(found.netConnect.map(\.description) == ["db.example.com:5432", "mail.example.com:*", "[fe80::1]:22"])
        #expect(found.netConnect.map(\.port) == [5432, nil, 22])
        #expect(found.netBind == ["unix:chat"] && found.kv == ["*"])
        #expect(found.fsRead.map(\.description) == ["*", "cwd://", "cwd://a/b/c", "cwd://etc", "/srv/data"])
        #expect(found.fsRead.map(\.isWildcard) == [true, false, false, false, false])
        #expect(found.fsRead.map(\.root) == [.workspace, .workspace, .workspace, .workspace, .host])
        #expect(found.fsRead[2].components == ["a", "b", "c"])
        #expect(found.fsWrite.map(\.root) == [.home])
        #expect(found.hostProcess == ["git", "g++"])
        #expect(found.ipcPublish == ["a.v1.b"] && found.ipcSubscribe == ["*", "a.*"])
        #expect(found.identity == [.link, .resolve])
    }

    @Test("the sandbox")
    func sandbox() throws {
        let found = try Self.parse(
            """
            "sandbox": {"resourceLimits": {"maxMemory": 256, "maxCpu": 0.5, "maxDuration": 30000, "maxNetworkCalls": 0},
              "isolation": "vm", "networkAccess": false, "persistentStorage": true}
            """
        ).sandbox
        #expect(found.resourceLimits.maxMemory == ByteSize(bytes: 256 << 20))
        #expect(found.resourceLimits.maxCpu == 0.5 && found.resourceLimits.maxDuration == 30_000)
        #expect(found.resourceLimits.maxNetworkCalls == 0)
        #expect(found.isolation == .vm && found.networkAccess == false && found.persistentStorage == true)
    }

    @Test("components, servers, and the tools that call them")
    func code() throws {
        let hash = "sha256:\(Self.zeros)"
        let manifest = try Self.parse(
            """
            "capabilities": {"hostProcess": ["db"]}, "runtime": {"main": "component:main#run", "engine": "process"},
            "components": [
              {"id": "lib", "file": "c/lib.wasm", "type": "library", "hash": "\(hash)"},
              {"id": "spare", "file": "c/spare.bin", "type": "library", "engine": "wasm", "link": ["lib"]},
              {"id": "main", "file": "c/main.wasm", "hash": "\(hash)", "link": ["lib"], "capabilities": {"net": ["a"]}}
            ],
            "mcpServers": [
              {"id": "py", "type": "stdio", "command": "python3", "args": ["", "s.py"],
               "env": {"A": "1", "http_proxy": {"from": "proxy"}}},
              {"id": "own", "command": "bin/server", "hash": "\(hash)"}, {"id": "db", "command": "db"}
            ],
            "tools": [
              {"name": "a", "description": "d", "inputSchema": {"b": 1, "a": [2.50]}, "handler": "component:main#a#b"},
              {"name": "b", "description": "d", "handler": "mcp:py#find"},
              {"name": "c", "description": "d", "inputSchema": {}, "handler": "src/c.js"},
              {"name": "d", "description": "d", "inputSchema": {}, "handler": "src/c.js", "engine": "js"},
              {"name": "e", "description": "d", "inputSchema": {}, "handler": "e.py", "outputSchema": {"type": "null"},
               "securityLevel": "DANGEROUS", "timeout": 500, "memory": "1.5GB"}
            ]
            """)
        #expect(manifest.warnings.isEmpty, "\(manifest.warnings)")
        #expect(manifest.components.map(\.id) == ["lib", "spare", "main"])
        #expect(manifest.components.map(\.kind) == [.library, .library, .executable])
        #expect(manifest.components.map { $0.hash == nil } == [false, true, false])
        #expect(manifest.components.map(\.link) == [[], ["lib"], ["lib"]])
        #expect(manifest.components.map(\.engine) == [.wasm, .wasm, .wasm])
        #expect(manifest.components[0].capabilities == nil && manifest.components[2].capabilities?.net == ["a"])
        #expect(manifest.components[2].file == (try TreePath("c/main.wasm")))
        #expect(manifest.components[2].hash?.hex == Self.zeros)

        #expect(
            manifest.mcpServers.map(\.command) == [
                .interpreter("python3"), .file(try TreePath("bin/server")), .program("db"),
            ])
        #expect(manifest.mcpServers[0].arguments == ["", "s.py"])
        #expect(manifest.mcpServers[0].environment == ["A": .text("1"), "http_proxy": .configuration("proxy")])
        #expect(manifest.mcpServers.map { $0.hash == nil } == [true, false, true])

        #expect(manifest.runtime.main == .component(id: "main", export: "run") && manifest.runtime.mainEngine == .wasm)
        #expect(manifest.tools.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(manifest.tools.map(\.engine) == [.wasm, .mcp, .process, .js, .process])
        #expect(
            manifest.tools.map(\.handler.description) == [
                "component:main#a#b", "mcp:py#find", "src/c.js", "src/c.js", "e.py",
            ])
        #expect(manifest.tools[0].handler == .component(id: "main", export: "a#b"))
        #expect(JSONWriter.text(.object(manifest.tools[0].inputSchema ?? [:])) == #"{"b":1,"a":[2.5]}"#)
        #expect(manifest.tools[1].inputSchema == nil)
        #expect(manifest.tools[4].outputSchema == ["type": "null"])
        #expect(manifest.tools[4].securityLevel == .dangerous && manifest.tools[4].timeout == 500)
        #expect(manifest.tools[4].memory == ByteSize(bytes: 3 << 29))
    }

    @Test("the engine follows from the handler, or from the runtime's where that can run it")
    func engines() throws {
        func engine(_ handler: String, _ runtime: String) throws -> Engine? {
            try Self.parse(
                """
                "runtime": {\(runtime)},
                "tools": [{"name": "t", "description": "d", "inputSchema": {}, "handler": "\(handler)"}]
                """
            ).tools.first?.engine
        }
        #expect(try engine("a.js", "") == .js)
        #expect(try engine("a.js", #""engine": "process""#) == .process)
        #expect(try engine("a.js", #""engine": "wasm""#) == .js)
        for file in ["a.py", "a.mjs", "bin/a", ".js.txt"] {
            #expect(try engine(file, #""engine": "js""#) == .process, "\(file)")
        }
    }

    @Test("settings and texts")
    func texts() throws {
        let manifest = try Self.parse(
            """
            "env": {"TOKEN": {"type": "secret", "request": "Token?"}, "_R2": {"enumValues": ["eu", "us"], "default": "us"},
              "N": {"type": "number", "default": 1.5, "description": "a\\nb"}, "B": {"type": "boolean", "default": false}, "X": {}},
            "skills": [{"name": "s", "file": "s/SKILL.md", "allowedTools": "Read"}],
            "contextFiles": ["c/a.md", {"file": "c/b.md", "name": "B", "description": "d"}],
            "commands": [{"name": "go", "file": "c/go.md"}]
            """)
        #expect(manifest.warnings.isEmpty, "\(manifest.warnings)")
        #expect(manifest.environment.map(\.name) == ["TOKEN", "_R2", "N", "B", "X"])
        #expect(manifest.environment.map(\.kind) == [.secret, .string, .number, .boolean, .string])
        #expect(manifest.environment.map(\.defaultValue) == [nil, "us", 1.5, false, nil])
        #expect(manifest.environment[1].enumValues == ["eu", "us"] && manifest.environment[0].request == "Token?")
        #expect(manifest.skills.map(\.file.string) == ["s/SKILL.md"] && manifest.skills[0].allowedTools == "Read")
        #expect(manifest.contextFiles.map(\.file.string) == ["c/a.md", "c/b.md"])
        #expect(manifest.contextFiles.map(\.name) == [nil, "B"])
        #expect(manifest.commands.map(\.name) == ["go"])
    }

    @Test("typed blocks leave the others, and stay in the document")
    func blocks() throws {
        let manifest = try Self.parse(#""tools":[],"cron":[1],"commands":[],"sandbox":{},"future":2"#)
        #expect(manifest.blocks.keys == ["cron", "future"])
        #expect(manifest.document.contains("tools") && manifest.document.contains("sandbox"))
        #expect(manifest.missingForRelease.count == 15)
    }

    @Test("unknown members warn, and grant nothing")
    func unknown() throws {
        let manifest = try Self.parse(
            #""capabilities":{"fs_read":["*"],"Net":["*"]},"sandbox":{"gpu":1},"runtime":{"loop":true},"env":{"A":{"x":1}}"#
        )
        #expect(
            manifest.warnings.map(\.path) == [
                "$.capabilities.fs_read", "$.capabilities.Net", "$.sandbox.gpu", "$.runtime.loop", "$.env.A.x",
            ])
        #expect(manifest.warnings.allSatisfy { $0.severity == .warning })
        #expect(manifest.capabilities == Capabilities())
    }
}
