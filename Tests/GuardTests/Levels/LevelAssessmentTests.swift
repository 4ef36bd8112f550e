import Capsules
import Guard
import TestSupport
import Testing

@Suite("Security levels")
struct LevelAssessmentTests {
    static func assessment(_ members: String..., finding: Severity? = nil) throws -> LevelAssessment {
        LevelAssessment(try GateFixture.manifest(members.joined(separator: ", ")), finding: finding)
    }

    /// Members of a manifest, the rules that apply, and the level that follows.
    static let table: [(members: String, rules: [LevelRule], level: SecurityLevel)] = [
        (#""description": """#, [], .safe), (#""capabilities": {"kv": ["*"]}"#, [], .safe),
        (#""capabilities": {"fsRead": ["home://"], "fsWrite": ["home://a"]}"#, [], .safe),
        (#""runtime": {"main": "src/a.py"}"#, [], .safe),
        (#""capabilities": {"fsRead": ["cwd://src"]}"#, [.readsWorkspace], .moderate),
        (#""capabilities": {"fsRead": ["*"]}"#, [.readsWorkspace], .moderate),
        (#""capabilities": {"net": ["a.example"]}"#, [.reachesNamedHosts], .moderate),
        (#""capabilities": {"ipcPublish": ["a.b"]}"#, [.sendsMessages], .moderate),
        (#""capabilities": {"ipcSubscribe": ["a.*"]}"#, [.sendsMessages], .moderate),
        (#""capabilities": {"identity": ["resolve"]}"#, [.knowsUsers], .moderate),
        (#""env": {"KEY": {"type": "secret"}}"#, [.takesSecrets], .moderate),
        (#""capabilities": {"fsWrite": ["cwd://out"]}"#, [.writesWorkspace], .restricted),
        (#""capabilities": {"fsWrite": ["*"]}"#, [.writesWorkspace], .restricted),
        (#""capabilities": {"fsRead": ["/etc/hosts"]}"#, [.readsHost], .restricted),
        (#""capabilities": {"net": ["*"]}"#, [.reachesAllHosts], .restricted),
        (#""capabilities": {"netConnect": ["a.example:1"]}"#, [.connects], .restricted),
        (#""capabilities": {"netBind": ["127.0.0.1:1"]}"#, [.listens], .restricted),
        (#""capabilities": {"hostProcess": ["git"]}"#, [.startsPrograms], .restricted),
        (#""capabilities": {"identity": ["link"]}"#, [.linksUsers], .restricted),
        (#""capabilities": {"uplink": true}"#, [.bringsMessages], .restricted),
        (#""capabilities": {"allowPromptInjection": true}"#, [.instructsAgents], .restricted),
        (
            #""capabilities": {"fsRead": ["cwd://src"], "net": ["a.example"]}"#,
            [.readsWorkspace, .reachesNamedHosts, .readsAndSends], .restricted
        ),
        (
            #""capabilities": {"net": ["a.example"]}, "env": {"KEY": {"type": "secret"}}"#,
            [.reachesNamedHosts, .takesSecrets, .readsAndSends], .restricted
        ),
        (#""capabilities": {"fsRead": ["home://"], "net": ["a.example"]}"#, [.reachesNamedHosts], .moderate),
        (#""capabilities": {"fsWrite": ["/srv/data"]}"#, [.writesHost], .dangerous),
        (#""capabilities": {"identity": ["admin"]}"#, [.makesUsers], .dangerous),
        (#""capabilities": {"hostProcess": ["bash"]}"#, [.startsPrograms, .startsInterpreters], .dangerous),
        (#""capabilities": {"hostProcess": ["python3.11"]}"#, [.startsPrograms, .startsInterpreters], .dangerous),
        (#""capabilities": {"hostProcess": ["gitsh"]}"#, [.startsPrograms], .restricted),
    ]

    @Test("follow from what a manifest asks for", arguments: table.indices)
    func derived(index: Int) throws {
        let (members, rules, level) = Self.table[index]
        let assessment = try Self.assessment(members)
        #expect(assessment.rules == rules && assessment.derived == level && assessment.level == level)
        #expect(rules.map(\.level).max() ?? .safe == level)
    }

    @Test("each have a row of the table that only their rule raises")
    func rules() {
        let raised = Set(Self.table.flatMap(\.rules))
        #expect(raised == Set(LevelRule.allCases))
    }

    @Test("are the higher of what is declared and what is derived")
    func declared() throws {
        for declared in SecurityLevel.allCases {
            for (members, _, derived) in Self.table {
                let assessment = try Self.assessment(#""securityLevel": "\#(declared.rawValue)""#, members)
                #expect(assessment.level == max(declared, derived) && assessment.derived == derived)
            }
        }
    }

    @Test("are raised by what a scan found")
    func findings() throws {
        let levels: [(Severity?, SecurityLevel)] = [
            (nil, .safe), (.info, .safe), (.low, .safe), (.medium, .moderate), (.high, .restricted),
            (.critical, .dangerous),
        ]
        for (finding, level) in levels {
            #expect(try Self.assessment(#""description": """#, finding: finding).level == level)
            #expect(try Self.assessment(#""capabilities": {"fsWrite": ["/a"]}"#, finding: finding).level == .dangerous)
        }
    }

    @Test("ask for more, the higher they are (rows U-010 to U-013)")
    func demands() {
        #expect(SecurityLevel.safe.demands == [])
        #expect(SecurityLevel.moderate.demands == [.validation, .log])
        #expect(SecurityLevel.restricted.demands == [.validation, .log, .approval])
        #expect(SecurityLevel.dangerous.demands == [.validation, .log, .approval, .adminApproval, .audit])
    }

    @Test("let no hook run without an approval")
    func hooks() throws {
        let safe = try Self.assessment(#""hooks": {"preInstall": "src/a.js"}"#)
        #expect(safe.level == .safe && safe.hasHooks && safe.demands.isEmpty && safe.hookDemands.contains(.approval))
        let dangerous = try Self.assessment(
            #""hooks": {"preInstall": "src/a.js"}, "securityLevel": "DANGEROUS""#)
        #expect(dangerous.hookDemands.contains(.adminApproval))
        #expect(try !Self.assessment(#""description": """#).hasHooks)
    }

    @Test("of tools are never below their capsule's")
    func tools() throws {
        let manifest = try GateFixture.manifest(
            #""capabilities": {"fsWrite": ["cwd://a"]}"#,
            """
            "tools": [
              {"name": "a", "description": "a", "inputSchema": {}, "handler": "a.js", "securityLevel": "SAFE"},
              {"name": "b", "description": "b", "inputSchema": {}, "handler": "b.js", "securityLevel": "DANGEROUS"},
              {"name": "c", "description": "c", "inputSchema": {}, "handler": "c.js"}]
            """)
        let assessment = LevelAssessment(manifest)
        #expect(manifest.tools.map { assessment.level(of: $0) } == [.restricted, .dangerous, .restricted])
    }

    @Test("count what a component asks for")
    func components() throws {
        let hash = "sha256:" + String(repeating: "0", count: 64)
        let assessment = try Self.assessment(
            #""capabilities": {"fsRead": ["/etc"], "net": ["a.example"]}"#,
            #""components": [{"id": "m", "file": "m.wasm", "hash": "\#(hash)", "capabilities": {"net": ["a.example"]}}]"#
        )
        #expect(assessment.rules == [.reachesNamedHosts, .readsHost, .readsAndSends])
    }

    @Test("never fall where a capability is added", arguments: 1...20)
    func monotone(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let additions: [(inout [String: [String]]) -> Void] = [
            { $0["fsRead", default: []].append("cwd://a") }, { $0["fsRead", default: []].append("/a") },
            { $0["fsRead", default: []].append("home://a") }, { $0["fsWrite", default: []].append("cwd://a") },
            { $0["fsWrite", default: []].append("/a") }, { $0["fsWrite", default: []].append("home://a") },
            { $0["net", default: []].append("a.example") }, { $0["net", default: []].append("*") },
            { $0["netConnect", default: []].append("a.example:1") }, { $0["netBind", default: []].append("a") },
            { $0["hostProcess", default: []].append("git") }, { $0["hostProcess", default: []].append("sh") },
            { $0["identity", default: []].append("resolve") }, { $0["identity", default: []].append("link") },
            { $0["identity", default: []].append("admin") }, { $0["kv", default: []].append("*") },
            { $0["ipcPublish", default: []].append("a.b") }, { $0["ipcSubscribe", default: []].append("a.b") },
        ]
        for _ in 0..<20 {
            var lists: [String: [String]] = [:]
            var flags: [String] = []
            var before = try Self.assessment(#""description": """#)
            for step in 0..<12 {
                if step % 5 == 4 {
                    flags = Array(
                        Set(flags + [["uplink", "allowPromptInjection"].randomElement(using: &random) ?? ""]))
                } else {
                    additions.randomElement(using: &random)?(&lists)
                }
                let members =
                    lists.map { "\"\($0.key)\": \(GateFixture.list($0.value))" } + flags.map { "\"\($0)\": true" }
                let after = try Self.assessment("\"capabilities\": {\(members.joined(separator: ", "))}")
                #expect(after.level >= before.level && Set(after.rules).isSuperset(of: before.rules), "\(members)")
                before = after
            }
        }
    }
}
