import Capsules
import Guard
import Objects
import TestSupport
import Testing

@Suite("Gate: rules")
struct GateTests {
    @Test(
        "lets programs through by their first word, and words of entries by all of theirs (row S-080)",
        arguments: [
            (["git"], ["git", "status"], true), (["git"], ["git"], true), (["git"], ["gitx"], false),
            (["git"], ["/usr/bin/git"], false), (["git"], ["./git"], false), (["git"], ["git;id"], false),
            (["git"], ["git status"], false), (["git"], ["sh", "-c", "git"], false), (["git"], ["Git"], false),
            (["git"], ["git", "status; id"], true), (["git"], [], false), (["git"], [""], false), ([], ["git"], false),
            ([""], [""], false), ([""], ["git"], false), ([" "], ["git"], false), (["*"], ["git"], false),
            (["git log"], ["git", "log", "-1"], true), (["git log"], ["git", "push"], false),
            (["git log"], ["git"], false),
            (["git log"], ["git", "logx"], false), (["git log"], ["git log"], false),
            (["git log"], ["git", "-c", "log"], false),
            (["/usr/bin/git"], ["/usr/bin/git", "log"], true), (["/usr/bin/git"], ["git"], false),
            (["git"], ["git\u{0}x"], false), (["git"], ["git", "a\u{0}b"], false),
            (["caf\u{E9}"], ["cafe\u{301}"], false),
        ] as [([String], [String], Bool)])
    func programs(entries: [String], words: [String], isAllowed: Bool) {
        let gate = GateFixture.gate { $0.hostProcess = entries }
        let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkProcess(words) }
        #expect((denial == nil) == isAllowed)
        #expect(denial?.check ?? .hostProcess == .hostProcess)
    }

    @Test("checks a server's program before it is looked for (row S-100)")
    func servers() throws {
        let servers = """
            "mcpServers": [{"id": "a", "command": "git", "args": ["x"]}, {"id": "b", "command": "python3", "args": ["s/a.py"]},
            {"id": "c", "command": "bin/server"}]
            """
        let manifest = try GateFixture.manifest(#""capabilities": {"hostProcess": ["git"]}"#, servers)
        let with = ManifestGate(manifest, workspace: nil, home: nil)
        for server in manifest.mcpServers { try with.checkServer(server) }
        let without = GateFixture.gate { _ in }
        let denials = manifest.mcpServers.map { server in
            GateFixture.denial { () throws(AccessDenial) in try without.checkServer(server) }
        }
        #expect(denials.map { $0 == nil } == [false, true, true])
        #expect(denials[0]?.reason == "Security Check Failed: host process 'git' not declared in manifest")
        #expect(denials[0]?.rule == "capabilities.hostProcess")
    }

    @Test("lets identities be used as far as what is declared includes (row S-083)")
    func identities() throws {
        let table: [(Capabilities.Identity?, Set<IdentityOperation>)] = [
            (nil, []), (.resolve, [.resolve]), (.link, [.resolve, .link, .unlink, .listLinks]),
            (.admin, Set(IdentityOperation.allCases)),
        ]
        for (declared, allowed) in table {
            let gate = GateFixture.gate { $0.identity = declared.map { [$0] } ?? [] }
            for operation in IdentityOperation.allCases {
                let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkIdentity(operation) }
                #expect((denial == nil) == allowed.contains(operation), "\(operation)")
                #expect(
                    GateFixture.denial { () throws(AccessDenial) in try gate.checkIdentity(named: operation.rawValue) }
                        == denial)
            }
            for name in ["", "Resolve", "admin", "delete", "resolve "] {
                #expect(GateFixture.denial { () throws(AccessDenial) in try gate.checkIdentity(named: name) } != nil)
            }
        }
    }

    @Test("lets an uplink register that is declared")
    func uplinks() throws {
        try GateFixture.gate { $0.isUplink = true }.checkUplink()
        let denial = GateFixture.denial { () throws(AccessDenial) in try GateFixture.gate { _ in }.checkUplink() }
        #expect(denial?.remedy == "set capabilities.uplink to true in manifest.json")
    }

    /// A gate with the four checks that every gate has to have.
    struct Bare: Gate {
        let capsule = "probe"
        func checkHTTP(_ url: String) throws(AccessDenial) -> HTTPTarget {
            try AllowAll(capsule: capsule).checkHTTP(url)
        }
        func checkFile(_ path: String, for access: FileAccess) throws(AccessDenial) {}
        func openFile(
            _ path: String, for access: FileAccess, creating: Bool, truncating: Bool
        ) throws(AmxError) -> OpenFile {
            throw AmxError(.notFound, "cannot open \(path)")
        }
        func checkProcess(_ words: [String]) throws(AccessDenial) {}
        func checkConnect(_ target: String) throws(AccessDenial) -> ConnectTarget {
            try AllowAll(capsule: capsule).checkConnect(target)
        }
    }

    /// What each of the checks says, in the order of ``GateCheck``.
    static func verdicts(of gate: some Gate) -> [Bool] {
        GateCheck.allCases.map { check in
            let denial =
                switch check {
                case .http:
                    GateFixture.denial { () throws(AccessDenial) in _ = try gate.checkHTTP("https://a.example/") }
                case .fileRead:
                    GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("/etc/hostname", for: .read) }
                case .fileWrite:
                    GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("/tmp/x", for: .write) }
                case .hostProcess: GateFixture.denial { () throws(AccessDenial) in try gate.checkProcess(["git"]) }
                case .netBind: GateFixture.denial { () throws(AccessDenial) in try gate.checkBind("127.0.0.1:1") }
                case .netConnect:
                    GateFixture.denial { () throws(AccessDenial) in _ = try gate.checkConnect("a.example:1") }
                case .uplinkRegister: GateFixture.denial { () throws(AccessDenial) in try gate.checkUplink() }
                case .identity: GateFixture.denial { () throws(AccessDenial) in try gate.checkIdentity(.createUser) }
                }
            if let denial { #expect(denial.capsule == "probe" && denial.check == check && !denial.remedy.isEmpty) }
            return denial == nil
        }
    }

    @Test("has gates that let all or nothing through (row S-085), and denies what is not declared (rows S-070, S-086)")
    func all() {
        #expect(GateCheck.allCases.count == 8)
        #expect(Self.verdicts(of: AllowAll(capsule: "probe")).allSatisfy { $0 })
        #expect(Self.verdicts(of: DenyAll(capsule: "probe")).allSatisfy { !$0 })
        #expect(Self.verdicts(of: GateFixture.gate { _ in }).allSatisfy { !$0 })
    }

    @Test("denies listening and identities, and lets uplinks be, where a gate says nothing of them (row S-084)")
    func defaults() {
        #expect(Self.verdicts(of: Bare()) == [true, true, true, true, false, true, true, false])
    }

    @Test("names the capsule, the layer, the rule and what to write")
    func denial() throws {
        let gate = try GateFixture.gate(#""net": ["a.example"]"#)
        let denial = try #require(
            GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP("https://b.example/x") })
        #expect(denial.capsule == "probe" && denial.layer == .gate && denial.check == .http)
        #expect(denial.reason == "network access to 'https://b.example/x' not declared in manifest")
        #expect(denial.rule == "capabilities.net")
        #expect(denial.remedy == #"add "b.example" to capabilities.net in manifest.json"#)
        #expect(
            denial.description
                == "capsule 'probe' denied: network access to 'https://b.example/x' not declared in manifest "
                + "(gate: capabilities.net)")
        #expect(denial.error.code == .denied && denial.error.hint == denial.remedy)
        #expect(denial.error.cause is AccessDenial)
        #expect(denial.json.keys == ["capsule", "layer", "check", "reason", "rule", "remedy"])
    }

    @Test("shows nothing that a terminal obeys")
    func printable() {
        let gate = GateFixture.gate { _ in }
        let text = "\u{1B}[31m\u{202E}x\n" + String(repeating: "y", count: 10_000)
        let denials = [
            GateFixture.denial { () throws(AccessDenial) in _ = try gate.checkHTTP(text) },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("/\(text)", for: .read) },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("cwd://\u{1B}\n", for: .read) },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkProcess([text]) },
            GateFixture.denial { () throws(AccessDenial) in _ = try gate.checkConnect(text) },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkBind(text) },
            GateFixture.denial { () throws(AccessDenial) in try gate.checkIdentity(named: text) },
        ]
        for denial in denials {
            let words = (denial?.description ?? "\n") + (denial?.remedy ?? "\n")
            #expect(
                words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E } && words.utf8.count < 1200)
        }
    }

    @Test("denies whatever is asked for where nothing is declared", arguments: 1...4)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let gate = GateFixture.gate { _ in }
        let parts = [
            "/", "..", ".", "cwd://", "home://", "*", "\u{0}", "a", "http://", "a.example", ":", "80", "[::1]", "@",
            "\\", "\u{1B}", "é",
            "%2e", " ", "resolve", "link", "",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }
            .joined()
            let denials = [
                GateFixture.denial { () throws(AccessDenial) in _ = try gate.checkHTTP(text) },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkFile(text, for: .read) },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkFile(text, for: .write) },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkProcess([text]) },
                GateFixture.denial { () throws(AccessDenial) in _ = try gate.checkConnect(text) },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkBind(text) },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkIdentity(named: text) },
            ]
            #expect(denials.allSatisfy { $0?.description.hasPrefix("capsule 'probe' denied: ") == true }, "\(text)")
            #expect(denials.allSatisfy { $0?.description.utf8.contains(0x1B) == false }, "\(text)")
        }
    }

    @Test("gives a component what both it and its capsule declare")
    func components() throws {
        let hash = "sha256:" + String(repeating: "0", count: 64)
        let manifest = try GateFixture.manifest(
            #""capabilities": {"net": ["a.example", "b.example"], "hostProcess": ["git"]}"#,
            """
            "components": [{"id": "main", "file": "c/main.wasm", "hash": "\(hash)", "capabilities": {"net": ["a.example"]}},
            {"id": "other", "file": "c/other.wasm", "hash": "\(hash)"}]
            """)
        func verdicts(_ component: String?) -> [String?] {
            let gate = ManifestGate(manifest, component: component, workspace: nil, home: nil)
            return [
                GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP("https://a.example/") },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP("https://b.example/") },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkHTTP("https://c.example/") },
                GateFixture.denial { () throws(AccessDenial) in try gate.checkProcess(["git"]) },
            ].map { $0?.rule }
        }
        #expect(verdicts(nil) == [nil, nil, "capabilities.net", nil])
        #expect(
            verdicts("main")
                == [
                    nil, "components.main.capabilities.net", "capabilities.net",
                    "components.main.capabilities.hostProcess",
                ])
        #expect(verdicts("other") == verdicts(nil))
        #expect(verdicts("missing").allSatisfy { $0 != nil })
    }

    @Test(
        "cannot be given by a manifest what would open it",
        arguments: [
            #""fsRead": [""]"#, #""fsRead": ["/"]"#, #""fsRead": ["src"]"#, #""fsRead": ["cwd://../x"]"#,
            #""fsRead": ["cwd://*"]"#,
            #""net": [""]"#, #""net": ["3.4"]"#, #""net": ["0x7f.1"]"#, #""hostProcess": [""]"#,
            #""hostProcess": ["/bin/sh"]"#,
            #""hostProcess": ["git status"]"#, #""netBind": [""]"#, #""netConnect": ["*:80"]"#,
            #""identity": ["root"]"#,
        ])
    func manifests(capabilities: String) {
        #expect(throws: AmxError.self) { try GateFixture.gate(capabilities) }
    }
}
