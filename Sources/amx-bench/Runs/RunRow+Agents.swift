import Capsules
import Foundation
import Objects

extension RunRow {
    /// What an agent waits for: calls through `amx serve`, with the level, the settings and the events of each.
    static func agents(_ place: RunPlace) throws -> [RunRow] {
        let amx = (place.worker as NSString).deletingLastPathComponent + "/amx"
        let (root, home) = ("\(place.folder)/workspace", ["HOME": place.folder])
        let tool = Program(environment: home)
        try "[user]\n\tname = Bench\n\temail = bench@example.com\n"
            .write(toFile: "\(place.folder)/.gitconfig", atomically: true, encoding: .utf8)
        _ = try tool.run(amx, ["init", root])
        for template in ["js", "wasm", "python", "mcp"] {
            _ = try tool.run(amx, ["-C", root, "new", template, "--template", template])
        }
        let server = try ToolServer(amx, ["-C", root, "serve", "--quiet"], environment: home)
        let calls = [
            ("JavaScript", "js"), ("WebAssembly", "wasm"), ("`python3`", "python"), ("a server's tool", "mcp__greet"),
        ]
        return calls.map { what, name in
            RunRow("\(what), through `amx serve`, warm") { try time { try server.call(name, ["name": "Ada"]) } }
        }
    }
}
