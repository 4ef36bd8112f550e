import Capsules
import Objects
import Testing

@Suite("Problems of blocks of code and texts")
struct ManifestBlockProblemTests {
    /// What is said of a manifest, each as `path: expected …, found …`, errors alone.
    static func problems(_ members: String) -> [String] {
        do {
            _ = try ManifestBlockTests.parse(members)
            return []
        } catch let error as AmxError {
            return error.manifestDiagnostics.filter { $0.severity == .error }.map {
                $0.advice.isEmpty || $0.line != 1 || $0.column < 2 ? "incomplete: \($0)" : $0.summary
            }
        } catch {
            return ["\(error)"]
        }
    }

    private static let levels = #""SAFE", "MODERATE", "RESTRICTED", "DANGEROUS""#

    @Test(
        "levels, sandbox and runtime",
        arguments: [
            (#""securityLevel":"safe""#, [#"$.securityLevel: expected one of \#(levels), found "safe""#]),
            (#""securityLevel":0"#, [#"$.securityLevel: expected one of \#(levels), found the number 0"#]),
            (
                #""sandbox":{"resourceLimits":{"maxMemory":0,"maxCpu":0,"maxDuration":1.5,"maxNetworkCalls":-1}}"#,
                [
                    "$.sandbox.resourceLimits.maxMemory: expected a whole number of MB from 1 to 1048576, found the number 0",
                    "$.sandbox.resourceLimits.maxCpu: expected a number of cores over 0, found the number 0",
                    "$.sandbox.resourceLimits.maxDuration: expected a whole number of milliseconds from 1 to 86400000, found the number 1.5",
                    "$.sandbox.resourceLimits.maxNetworkCalls: expected a whole number of calls from 0 to 1000000000, found the number -1",
                ]
            ),
            (
                #""sandbox":{"resourceLimits":[],"isolation":"none","networkAccess":"no","persistentStorage":1}"#,
                [
                    "$.sandbox.resourceLimits: expected an object, found an array",
                    #"$.sandbox.isolation: expected one of "container", "vm", found "none""#,
                    #"$.sandbox.networkAccess: expected true or false, found "no""#,
                    "$.sandbox.persistentStorage: expected true or false, found the number 1",
                ]
            ),
            (
                #""sandbox":{"securityLevel":"DANGEROUS"}"#,
                ["$.sandbox.securityLevel: expected the level at the top of the manifest, found it here"]
            ),
            (#""sandbox":true"#, ["$.sandbox: expected an object, found true"]),
            (
                #""runtime":{"engine":"jvm"}"#,
                [#"$.runtime.engine: expected one of "js", "process", "wasm", "mcp", found "jvm""#]
            ),
            (
                #""runtime":{"main":"../a.js"}"#,
                [#"$.runtime.main: expected the path of a file in the capsule, found "../a.js""#]
            ),
            (
                #""runtime":{"main":"a.wasm"}"#,
                [#"$.runtime.main: expected a script, an executable, or a component, found "a.wasm""#]
            ),
        ] as [(String, [String])])
    func settings(members: String, expected: [String]) {
        #expect(Self.problems(members) == expected)
    }

    @Test(
        "capabilities",
        arguments: [
            (#""capabilities":[]"#, ["$.capabilities: expected an object, found an array"]),
            (
                #""capabilities":{"uplink":"yes","net":"*","kv":[""],"identity":["root"]}"#,
                [
                    #"$.capabilities.uplink: expected true or false, found "yes""#,
                    #"$.capabilities.net: expected an array of strings, found "*""#,
                    #"$.capabilities.kv[0]: expected a string that is not empty, found """#,
                    #"$.capabilities.identity[0]: expected one of "resolve", "link", "admin", found "root""#,
                ]
            ),
            (
                #""capabilities":{"hostProcess":["/usr/bin/git","git status","*","-c","..",""]}"#,
                [
                    #"$.capabilities.hostProcess[5]: expected a string that is not empty, found """#,
                    #"$.capabilities.hostProcess[0]: expected a program's name, found "/usr/bin/git""#,
                    #"$.capabilities.hostProcess[1]: expected a program's name, found "git status""#,
                    #"$.capabilities.hostProcess[2]: expected a program's name, found "*""#,
                    #"$.capabilities.hostProcess[3]: expected a program's name, found "-c""#,
                    #"$.capabilities.hostProcess[4]: expected a program's name, found "..""#,
                ]
            ),
            (
                #""capabilities":{"ipcPublish":["a..b","a b","a*",".a"],"ipcSubscribe":["1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1"]}"#,
                [
                    #"$.capabilities.ipcPublish[0]: expected a topic without empty segments, found "a..b""#,
                    #"$.capabilities.ipcPublish[1]: expected a topic without empty segments, found "a b""#,
                    #"$.capabilities.ipcPublish[2]: expected a topic without empty segments, found "a*""#,
                    #"$.capabilities.ipcPublish[3]: expected a topic without empty segments, found ".a""#,
                    #"$.capabilities.ipcSubscribe[0]: expected at most 20 segments, found "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1""#,
                ]
            ),
            (
                #""capabilities":{"uplink":true},"requires":["topic:a"]"#,
                ["$.requires: expected nothing, as capabilities.uplink is true, found an array"]
            ),
            (#""capabilities":{"uplink":true},"requires":[]"#, []),
        ] as [(String, [String])])
    func capabilities(members: String, expected: [String]) {
        #expect(Self.problems(members) == expected)
    }

    @Test(
        "hosts",
        arguments: [
            ("a", "a"), ("A.B", "a.b"), ("a.", "a"), ("x_y.z-1", "x_y.z-1"), ("127.0.0.1", "127.0.0.1"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("[::]", "[::]"), ("[::1]", "[::1]"),
            ("[FE80::1]", "[fe80::1]"), ("[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]"), ("[1::]", "[1::]"), ("*", "*"),
            (".", nil), ("a..", nil), ("a..b", nil), (".a", nil), ("*.a", nil), ("a*", nil), ("**", nil), ("-a", nil),
            ("a-", nil), ("a b", nil), ("a/b", nil), ("a:80", nil), ("http://a", nil), ("a@b", nil),
            ("bücher.example", nil),
            ("3.4", nil), ("1.2.3", nil), ("1.2.3.4.5", nil), ("256.1.1.1", nil), ("01.2.3.4", nil), ("a.1", nil),
            ("0x7f.1", nil), ("a.0x1", nil), ("::1", nil), ("[]", nil), ("[:]", nil), ("[1]", nil), ("[::1", nil),
            ("[1::2::3]", nil), ("[:::]", nil), ("[1:2:3:4:5:6:7]", nil), ("[1:2:3:4:5:6:7:8:9]", nil),
            ("[12345::]", nil),
            ("[1:]", nil), ("[:1]", nil), ("[1:2:3:4:5:6:7::8]", nil), ("[::1%eth0]", nil), ("[g::]", nil),
            (String(repeating: "a", count: 63) + ".b", String(repeating: "a", count: 63) + ".b"),
            (String(repeating: "a", count: 64) + ".b", nil), (String(repeating: "a.", count: 127) + "b", nil),
            ("\u{212A}", nil),
        ] as [(String, String?)])
    func hosts(text: String, host: String?) throws {
        let members = "\"capabilities\":{\"net\":[\"\(text)\"]}"
        guard let host else {
            let problem = "$.capabilities.net[0]: expected a host, found "
            #expect(Self.problems(members).map { $0.hasPrefix(problem) } == [true])
            return
        }
        #expect(try ManifestBlockTests.parse(members).capabilities.net == [host])
        guard host != "*" else { return }
        let target = "\"capabilities\":{\"netConnect\":[\"\(text):443\"]}"
        #expect(try ManifestBlockTests.parse(target).capabilities.netConnect.map(\.host) == [host])
    }

    @Test(
        "targets",
        arguments: ["a", "a:", "a:0", "a:65536", "a:+1", "a:01", "*:1", "*", ":1", "a:b:1", "::1:80", "a:**"])
    func targets(text: String) {
        #expect(
            Self.problems("\"capabilities\":{\"netConnect\":[\"\(text)\"]}") == [
                "$.capabilities.netConnect[0]: expected a host with a port, found \"\(text)\""
            ])
    }

    @Test(
        "files and folders",
        arguments: [
            ("cwd://..", "a path without '..'"), ("cwd://a/../b", "a path without '..'"),
            ("/srv/../etc", "a path without '..'"), ("home:///..", "a path without '..'"),
            ("cwd://*", "a path without wildcards"), ("/srv/a?", "a path without wildcards"),
            ("**", "a path that starts with cwd://, home:// or /"),
            ("a/b", "a path that starts with cwd://, home:// or /"),
            ("CWD://a", "a path that starts with cwd://, home:// or /"),
            ("file:///a", "a path that starts with cwd://, home:// or /"),
            ("cwd:/a", "a path that starts with cwd://, home:// or /"),
            ("~/a", "a path that starts with cwd://, home:// or /"),
            (" ", "a path that starts with cwd://, home:// or /"),
            ("/", "less than all files of the host"), ("//", "less than all files of the host"),
            ("/./", "less than all files of the host"), ("", "a string that is not empty"),
        ])
    func grants(text: String, expected: String) {
        for key in ["fsRead", "fsWrite"] {
            #expect(
                Self.problems("\"capabilities\":{\"\(key)\":[\"\(text)\"]}") == [
                    "$.capabilities.\(key)[0]: expected \(expected), found \"\(text)\""
                ])
        }
    }

    private static let hash = "sha256:" + ManifestBlockTests.zeros

    @Test(
        "components",
        arguments: [
            (
                #"{}"#,
                ["[0].id: expected an id, found nothing", "[0].file: expected a file, found nothing", missing(0)]
            ),
            (#"7"#, ["[0]: expected an object, found the number 7"]),
            (
                #"{"id":"a b","file":"/a.wasm","hash":"sha256:0","type":"main"}"#,
                [
                    #"[0].id: expected 1 to 64 letters, digits, '_', '.' and '-', found "a b""#,
                    #"[0].file: expected the path of a file in the capsule, found "/a.wasm""#,
                    #"[0].type: expected one of "executable", "library", found "main""#,
                    #"[0].hash: expected sha256: and 64 hexadecimal digits in lower case, found "sha256:0""#,
                ]
            ),
            (#"{"id":"a","file":"a.wasm"}"#, [missing(0)]),
            (#"{"id":"a","file":"a.wasm","type":"library"}"#, []),
            (
                #"{"id":"a","file":"a.wasm","type":"library"},{"id":"b","file":"b.wasm","hash":"\#(hash)","link":["a"]}"#,
                [missing(0)]
            ),
            (
                #"{"id":"b","file":"b.wasm","hash":"\#(hash)","link":["a","b"]},{"id":"a","file":"a.wasm","type":"library","hash":"\#(hash)"}"#,
                [
                    #"[0].link[0]: expected the id of a library that stands before, found "a""#,
                    #"[0].link[1]: expected the id of a library that stands before, found "b""#,
                ]
            ),
            (
                #"{"id":"a","file":"a.wasm","hash":"\#(hash)"},{"id":"a","file":"b.wasm","hash":"\#(hash)","link":["a"]}"#,
                [
                    "[1].id: expected each name once, found 'a' again",
                    #"[1].link[0]: expected the id of a library that stands before, found "a""#,
                ]
            ),
            (
                #"{"id":"a","file":"a.bin","hash":"\#(hash)"},{"id":"b","file":"b.wasm","hash":"\#(hash)","engine":"js"}"#,
                [
                    #"[0].engine: expected "wasm", as the file does not end in .wasm, found nothing"#,
                    #"[1].engine: expected "wasm", found "js""#,
                ]
            ),
            (
                #"{"id":"a","file":"a.wasm","hash":"\#(hash.uppercased())","capabilities":{"fsRead":["/"]}}"#,
                [
                    #"[0].hash: expected sha256: and 64 hexadecimal digits in lower case, found "SHA256:00000000000000000000000000000000000000000000000000000…""#,
                    #"[0].capabilities.fsRead[0]: expected less than all files of the host, found "/""#,
                ]
            ),
        ] as [(String, [String])])
    func components(elements: String, expected: [String]) {
        #expect(Self.problems("\"components\":[\(elements)]") == expected.map { "$.components\($0)" })
    }

    private static func missing(_ index: Int) -> String {
        "[\(index)].hash: expected the hash of what is executed, found nothing"
    }

    @Test(
        "servers",
        arguments: [
            (#"{}"#, ["[0].id: expected an id, found nothing", "[0].command: expected a command, found nothing"]),
            (
                #"{"id":"a","command":"node","type":"sse"},{"id":"a","command":"node","type":null}"#,
                [
                    #"[0].type: expected "stdio", found "sse""#, #"[1].type: expected "stdio", found null"#,
                    "[1].id: expected each name once, found 'a' again",
                ]
            ),
            (
                #"{"id":"a","command":"git"}"#,
                [#"[0].command: expected a program that capabilities.hostProcess lists, found "git""#]
            ),
            (
                #"{"id":"a","command":"python3 s.py"},{"id":"b","command":"../sh"},{"id":"c","command":"/bin/sh"},{"id":"d","command":"./s"}"#,
                [
                    #"[0].command: expected a file of the capsule, "python3", "node", or a program's name, found "python3 s.py""#,
                    #"[1].command: expected the path of a file in the capsule, found "../sh""#,
                    #"[2].command: expected the path of a file in the capsule, found "/bin/sh""#,
                    #"[3].command: expected the path of a file in the capsule, found "./s""#,
                ]
            ),
            (
                #"{"id":"a","command":"node","args":["a",1],"env":{"A=B":"","1A":"","":"","A":1,"B":{},"C":{"from":"a b"},"D":{"from":1}}}"#,
                [
                    "[0].args[1]: expected a string, found the number 1",
                    #"[0].env["A=B"]: expected a variable's name, found "A=B""#,
                    #"[0].env.1A: expected a variable's name, found "1A""#,
                    #"[0].env[""]: expected a variable's name, found """#,
                    "[0].env.A: expected a string, found the number 1",
                    "[0].env.B.from: expected a key of the configuration, found nothing",
                    #"[0].env.C.from: expected 1 to 128 letters, digits, '_', '.' and '-', found "a b""#,
                    "[0].env.D.from: expected a string, found the number 1",
                ]
            ),
        ] as [(String, [String])])
    func servers(elements: String, expected: [String]) {
        #expect(Self.problems("\"mcpServers\":[\(elements)]") == expected.map { "$.mcpServers\($0)" })
    }

    @Test("servers are listed, and not mapped by name")
    func serverObject() {
        #expect(
            Self.problems(#""mcpServers":{"db":{"command":"node"}}"#) == [
                "$.mcpServers: expected an array of servers, found an object"
            ])
    }

    /// A tool with such a handler and further members.
    private static func tool(_ handler: String, _ more: String = "") -> String {
        #"{"name":"t","description":"d","inputSchema":{},"handler":"\#(handler)"\#(more)}"#
    }

    @Test(
        "tools",
        arguments: [
            (
                #"{}"#,
                [
                    "[0].name: expected a name, found nothing",
                    "[0].description: expected a description, found nothing",
                    "[0].handler: expected a handler, found nothing",
                ]
            ),
            (
                #"{"name":"","description":"","inputSchema":true,"outputSchema":[],"handler":""}"#,
                [
                    "[0].name: expected 1 to 64 letters, digits, '_', '.' and '-', found \"\"",
                    "[0].description: expected a string that is not empty, found \"\"",
                    "[0].handler: expected a string that is not empty, found \"\"",
                    "[0].inputSchema: expected a JSON Schema, which is an object, found true",
                    "[0].outputSchema: expected a JSON Schema, which is an object, found an array",
                ]
            ),
            (
                #"{"name":"t","description":"d","handler":"a.js"}"#,
                ["[0].inputSchema: expected a JSON Schema of what the tool takes, found nothing"]
            ),
            (tool("a.js") + "," + tool("a.js"), ["[1].name: expected each name once, found 't' again"]),
            (
                tool("component:none#a"),
                [#"[0].handler: expected an executable component of the manifest, found "component:none#a""#]
            ),
            (
                tool("component:lib#a"),
                [#"[0].handler: expected an executable component of the manifest, found "component:lib#a""#]
            ),
            (tool("mcp:none#a"), [#"[0].handler: expected a server of the manifest, found "mcp:none#a""#]),
            (tool("mcp:lib"), [#"[0].handler: expected mcp:ID#NAME, found "mcp:lib""#]),
            (tool("component:#a"), [#"[0].handler: expected component:ID#NAME, found "component:#a""#]),
            (tool("component:lib#"), [#"[0].handler: expected component:ID#NAME, found "component:lib#""#]),
            (
                tool("wasm:x#y"), [#"[0].handler: expected the path of a file in the capsule, found "wasm:x#y""#]
            ),
            (
                tool("a.py", #","engine":"js""#), [#"[0].engine: expected "process", which can run a.py, found "js""#]
            ),
            (
                tool("a.js", #","engine":"wasm""#),
                [#"[0].engine: expected "js" or "process", which can run a.js, found "wasm""#]
            ),
            (
                tool("a.js", #","engine":"v8","securityLevel":"LOW","timeout":0,"memory":"0MB""#),
                [
                    #"[0].engine: expected one of "js", "process", "wasm", "mcp", found "v8""#,
                    "[0].securityLevel: expected one of \(levels), found \"LOW\"",
                    "[0].timeout: expected a whole number of milliseconds from 1 to 86400000, found the number 0",
                    #"[0].memory: expected a size over 0, found "0MB""#,
                ]
            ),
            (
                tool("a.js", #","timeout":86400001,"memory":128"#),
                [
                    "[0].timeout: expected a whole number of milliseconds from 1 to 86400000, found the number 86400001",
                    "[0].memory: expected a size such as \"128MB\", found the number 128",
                ]
            ),
        ] as [(String, [String])])
    func tools(elements: String, expected: [String]) {
        let library = #""components":[{"id":"lib","file":"l.wasm","type":"library"}]"#
        #expect(Self.problems("\(library),\"tools\":[\(elements)]") == expected.map { "$.tools\($0)" })
    }

    @Test(
        "settings and texts",
        arguments: [
            (#""env":[]"#, ["$.env: expected an object, found an array"]),
            (
                #""env":{"token":{},"A-B":{},"9":{},"É":{}}"#,
                [
                    #"$.env.token: expected a variable's name, found "token""#,
                    #"$.env.A-B: expected a variable's name, found "A-B""#,
                    #"$.env.9: expected a variable's name, found "9""#,
                    #"$.env["É"]: expected a variable's name, found "É""#,
                ]
            ),
            (
                #""env":{"A":"x","B":{"type":"select"},"C":{"type":"secret","default":"x"},"D":{"type":"number","default":"1"}}"#,
                [
                    #"$.env.A: expected an object, found "x""#,
                    #"$.env.B.type: expected one of "string", "secret", "number", "boolean", found "select""#,
                    "$.env.C.default: expected no default for a secret, found one",
                    #"$.env.D.default: expected a number, found "1""#,
                ]
            ),
            (
                #""env":{"A":{"default":1},"B":{"enumValues":["a"],"default":"b"},"C":{"type":"boolean","default":"true","enumValues":["a"]}}"#,
                [
                    "$.env.A.default: expected a string, found the number 1",
                    #"$.env.B.default: expected one of 'enumValues', found "b""#,
                    "$.env.C.enumValues: expected no choice of texts for a boolean, found enumValues",
                    #"$.env.C.default: expected true or false, found "true""#,
                ]
            ),
            (
                #""skills":[{"name":"s"},"x",{"file":"a*"}]"#,
                [
                    "$.skills[0].file: expected a file, found nothing", #"$.skills[1]: expected an object, found "x""#,
                    "$.skills[2].name: expected a name, found nothing",
                    #"$.skills[2].file: expected the path of a file in the capsule, found "a*""#,
                ]
            ),
            (
                #""contextFiles":["",7,{},"a/../b"]"#,
                [
                    "$.contextFiles[0]: expected a string that is not empty, found \"\"",
                    "$.contextFiles[1]: expected an object, found the number 7",
                    "$.contextFiles[2].file: expected a file, found nothing",
                    #"$.contextFiles[3]: expected the path of a file in the capsule, found "a/../b""#,
                ]
            ),
            (
                #""commands":[{"name":"a b","file":"a.md"},{"name":"c","file":"c.md"},{"name":"c","file":"d.md"}]"#,
                [
                    #"$.commands[0].name: expected 1 to 64 letters, digits, '_', '.' and '-', found "a b""#,
                    "$.commands[2].name: expected each name once, found 'c' again",
                ]
            ),
        ] as [(String, [String])])
    func texts(members: String, expected: [String]) {
        #expect(Self.problems(members) == expected)
    }

    @Test("problems of several blocks come at once")
    func together() {
        let found = Self.problems(
            #""securityLevel":"X","capabilities":{"net":["a/b"]},"tools":[{}],"env":{"a":{}},"skills":7,"tags":1"#)
        #expect(found.count == 8)
    }

    @Test("no number of warnings hides an error")
    func crowded() {
        let unknown = (0..<200).map { "\"x\($0)\":1" }.joined(separator: ",")
        #expect(
            Self.problems("\(unknown),\"securityLevel\":\"NONE\"") == [
                "$.securityLevel: expected one of \(Self.levels), found \"NONE\""
            ])
    }
}
