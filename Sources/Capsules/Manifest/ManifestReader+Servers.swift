import Objects

extension ManifestReader {
    mutating func mcpServers(_ node: Node?, _ capabilities: Capabilities) -> [MCPServer] {
        let example = "{\"id\": \"db\", \"command\": \"python3\", \"args\": [\"servers/db.py\"]}"
        let programs = Set(capabilities.hostProcess)
        var ids: Set<String> = []
        return list(node, of: "servers").compactMap { node in
            let members = object(node, known: ["id", "type", "command", "args", "env", "hash"], like: example)
            guard case .object = node.value else { return nil }
            require("id", in: members, of: node.path, expected: "an id", advice: "write it as \(example)")
            require("command", in: members, of: node.path, expected: "a command", advice: "write it as \(example)")
            if let type = members["type"], type.value.string != "stdio" {
                report(
                    type, expected: "\"stdio\"",
                    advice: "only servers that speak on their standard input and output are run")
            }
            let id = declaredName(members["id"], among: &ids)
            let command = command(members["command"], programs)
            let arguments = list(members["args"], of: "strings").compactMap { text($0) }
            let environment = environment(of: members["env"])
            let hash = hash(members["hash"])
            guard let id, let command else { return nil }
            return MCPServer(id: id, command: command, arguments: arguments, environment: environment, hash: hash)
        }
    }

    /// What is started: a path has a slash, a program is the capsule's to start only where `hostProcess` says so.
    private mutating func command(_ node: Node?, _ programs: Set<String>) -> MCPServer.Command? {
        guard let node, let text = text(node, allowEmpty: false, maximum: 4096) else { return nil }
        if text.utf8.contains(UInt8(ascii: "/")) { return file(node, like: "servers/db").map { .file($0) } }
        if MCPServer.interpreters.contains(text) { return .interpreter(text) }
        guard Self.isProgramName(text) else {
            report(
                node, expected: "a file of the capsule, \"python3\", \"node\", or a program's name",
                advice: "write the command alone, and what follows it in 'args'")
            return nil
        }
        guard programs.contains(text) else {
            report(
                node, expected: "a program that capabilities.hostProcess lists",
                advice: "list it there, or write a file of the capsule with its folder, as \"servers/\(text)\"")
            return nil
        }
        return .program(text)
    }

    private mutating func environment(of node: Node?) -> [String: MCPServer.Value] {
        var values: [String: MCPServer.Value] = [:]
        let members = object(node, like: "{\"DB_NAME\": \"orders\", \"DB_TOKEN\": {\"from\": \"dbToken\"}}")
        for key in node?.value.object?.keys ?? [] {
            guard let member = members[key] else { continue }
            guard Self.isVariableName(key, hasLowerCase: true) else {
                report(
                    at: member.path, atKey: true, expected: "a variable's name", found: "\"\(Self.excerpt(key))\"",
                    advice: "write it with letters, digits and '_', a digit not first")
                continue
            }
            guard case .object = member.value else {
                if let text = text(member, multiline: true) { values[key] = .text(text) }
                continue
            }
            let example = "{\"from\": \"dbToken\"}"
            let parts = object(member, known: ["from"], like: example)
            require(
                "from", in: parts, of: member.path, expected: "a key of the configuration",
                advice: "write it as \(example)")
            if let source = name(parts["from"], maximum: 128) { values[key] = .configuration(source) }
        }
        return values
    }

    /// Whether an environment can have a variable of that name.
    static func isVariableName(_ text: String, hasLowerCase: Bool = false) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.count <= 255
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                case UInt8(ascii: "a")...UInt8(ascii: "z"): hasLowerCase
                default: false
                }
            }
    }
}
