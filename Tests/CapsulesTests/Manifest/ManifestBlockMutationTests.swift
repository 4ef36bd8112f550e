import Capsules
import Objects
import TestSupport
import Testing

@Suite("Random manifests")
struct ManifestBlockMutationTests {
    private static let text = """
        {"id": "a", "name": "A", "version": "1.0.0", "securityLevel": "MODERATE",
         "capabilities": {"uplink": false, "net": ["a.example", "[::1]"], "netConnect": ["a:1"], "netBind": ["x"], "kv": ["*"],
           "fsRead": ["cwd://a/b", "/srv"], "fsWrite": ["*"], "hostProcess": ["git"], "ipcPublish": ["a.*"], "identity": ["link"]},
         "sandbox": {"resourceLimits": {"maxMemory": 256, "maxCpu": 0.5, "maxDuration": 1, "maxNetworkCalls": 0}, "isolation": "vm"},
         "runtime": {"main": "component:main#run", "engine": "js"},
         "components": [{"id": "lib", "file": "l.wasm", "type": "library", "hash": "sha256:\(ManifestBlockTests.zeros)"},
           {"id": "main", "file": "m.wasm", "hash": "sha256:\(ManifestBlockTests.zeros)", "link": ["lib"]}],
         "mcpServers": [{"id": "db", "command": "git", "args": ["x"], "env": {"A": {"from": "b"}, "C": "d"}}],
         "tools": [{"name": "t", "description": "d", "inputSchema": {"type": "object"}, "handler": "mcp:db#find", "timeout": 1},
           {"name": "u", "description": "d", "inputSchema": {}, "handler": "a.js", "memory": "1MB"}],
         "env": {"A": {"type": "string", "enumValues": ["x"], "default": "x"}},
         "skills": [{"name": "s", "file": "s.md"}], "contextFiles": ["c.md", {"file": "d.md"}],
         "commands": [{"name": "go", "file": "go.md"}]}
        """

    /// Values that stand where others should.
    private static let strays: [JSONValue] = [
        nil, true, -1, 0, 0.5, 9_223_372_036_854_775_807, "", "*", "..", "/", "a", ":", "#", "component:", "mcp:main#",
        "[", "[]",
        "cwd://", "sha256:", "a:99999", "\u{301}", "é", "0x", ".", "@", [], [:], ["a"], [nil], ["id": "lib"], ["": [:]],
    ]

    /// The value with one of its parts, at any depth, in another form, doubled, or gone.
    private static func mutated(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        switch (value, Int.random(in: 0...5, using: &random)) {
        case (.object(var object), 1...):
            guard let key = object.keys.randomElement(using: &random) else { return value }
            let old = object[key]
            switch Int.random(in: 0...9, using: &random) {
            case 0: object[key] = nil
            case 1: object[key + "x"] = old
            default: object[key] = old.map { mutated($0, &random) }
            }
            return .object(object)
        case (.array(var elements), 1...):
            guard let index = elements.indices.randomElement(using: &random) else { return value }
            switch Int.random(in: 0...9, using: &random) {
            case 0: elements.remove(at: index)
            case 1: elements.append(elements[index])
            case 2: elements.swapAt(index, 0)
            default: elements[index] = mutated(elements[index], &random)
            }
            return .array(elements)
        case (.string(let text), 3...):
            var scalars = Array(text.unicodeScalars)
            let stray = strays.compactMap(\.string).randomElement(using: &random) ?? ""
            scalars.insert(contentsOf: stray.unicodeScalars, at: Int.random(in: 0...scalars.count, using: &random))
            var result = String.UnicodeScalarView()
            result.append(contentsOf: scalars)
            return .string(String(result))
        default: return strays.randomElement(using: &random) ?? nil
        }
    }

    @Test("never crash, are refused with their places, and hold what they promise", arguments: 0..<8)
    func random(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let original = try JSONParser.parse(Self.text)
        #expect(try Manifest.parse(Array(Self.text.utf8)).warnings.isEmpty)
        var accepted = 0
        var refused = 0
        for _ in 0..<400 {
            var value = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { value = Self.mutated(value, &random) }
            do {
                let manifest = try Manifest.parse(JSONWriter.bytes(value))
                accepted += 1
                Self.check(manifest)
            } catch {
                refused += 1
                #expect(!error.manifestDiagnostics.isEmpty)
                #expect(error.manifestDiagnostics.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.advice.isEmpty })
            }
        }
        #expect(accepted > 10 && refused > 10, "\(accepted) accepted, \(refused) refused")
    }

    /// What whoever runs a capsule relies on.
    private static func check(_ manifest: Manifest) {
        let components = Dictionary(manifest.components.map { ($0.id, $0) }) { first, _ in first }
        #expect(components.count == manifest.components.count)
        for component in manifest.components {
            #expect(component.hash != nil || component.kind == .library)
            #expect(component.link.allSatisfy { components[$0]?.kind == .library && components[$0]?.hash != nil })
        }
        #expect(Set(manifest.tools.map(\.name)).count == manifest.tools.count)
        for tool in manifest.tools {
            #expect(tool.handler.engines.contains(tool.engine))
            #expect(tool.inputSchema != nil || tool.engine == .mcp)
        }
        for handler in manifest.tools.map(\.handler) + [manifest.runtime.main].compactMap(\.self) {
            switch handler {
            case .file: break
            case .component(let id, _): #expect(components[id]?.kind == .executable)
            case .server(let id, _): #expect(manifest.mcpServers.contains { $0.id == id })
            }
        }
        for server in manifest.mcpServers {
            if case .program(let name) = server.command { #expect(manifest.capabilities.hostProcess.contains(name)) }
        }
        for grant in manifest.capabilities.fsRead + manifest.capabilities.fsWrite {
            #expect(
                grant.components.allSatisfy { !["", ".", ".."].contains($0) && !$0.utf8.contains(UInt8(ascii: "/")) })
            #expect(grant.root != .host || !grant.components.isEmpty)
        }
        #expect(manifest.capabilities.net.allSatisfy { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) })
        for variable in manifest.environment where variable.kind == .secret { #expect(variable.defaultValue == nil) }
    }
}
