import Objects

extension ManifestReader {
    /// The longest time that is asked for, in milliseconds: a day.
    static let longestTime = 86_400_000

    /// What handlers can name: the ids of a list as they are written, also of elements with another fault.
    struct Declared {
        var components: [String: Bool] = [:]
        var servers: Set<String> = []

        /// Takes the ids of the two blocks; of each component, whether it is a library.
        init(components: Node?, servers: Node?) {
            for element in components?.value.array ?? [] {
                if let id = element["id"]?.string {
                    self.components[id] = element["type"]?.string == Component.Kind.library.rawValue
                }
            }
            self.servers = Set(servers?.value.array?.compactMap { $0["id"]?.string } ?? [])
        }
    }

    mutating func runtime(_ node: Node?, _ declared: Declared) -> RuntimeSettings {
        var runtime = RuntimeSettings()
        let members = object(node, known: ["engine", "main"], like: "{\"main\": \"src/handlers/main.js\"}")
        runtime.main = handler(members["main"], declared)
        runtime.engine = choice(members["engine"])
        return runtime
    }

    mutating func tools(_ node: Node?, _ declared: Declared, _ runtime: RuntimeSettings) -> [ToolDeclaration] {
        let example = "{\"name\": \"find\", \"description\": \"…\", \"handler\": \"src/handlers/find.js\"}"
        let known: Set<String> = [
            "name", "description", "inputSchema", "outputSchema", "handler", "engine", "securityLevel", "timeout",
            "memory",
        ]
        var names: Set<String> = []
        return list(node, of: "tools").compactMap { node in
            let members = object(node, known: known, like: example)
            guard case .object = node.value else { return nil }
            for key in ["name", "description", "handler"] {
                require(key, in: members, of: node.path, expected: "a \(key)", advice: "write it as \(example)")
            }
            let name = declaredName(members["name"], among: &names)
            let description = text(members["description"], multiline: true, allowEmpty: false)
            let handler = handler(members["handler"], declared)
            let input = schema(members["inputSchema"])
            if let handler, handler.engines != [.mcp] {
                require(
                    "inputSchema", in: members, of: node.path, expected: "a JSON Schema of what the tool takes",
                    advice: "write it as {\"type\": \"object\"} where it takes anything")
            }
            let output = schema(members["outputSchema"])
            let engine: Engine? = choice(members["engine"])
            if let handler { checkEngine(members["engine"], engine, runs: handler) }
            let level: SecurityLevel? = choice(members["securityLevel"])
            let timeout = whole(members["timeout"], in: 1...Self.longestTime, of: "milliseconds", like: 30_000)
            let memory = size(members["memory"])
            if let memory, memory.bytes == 0, let node = members["memory"] {
                report(node, expected: "a size over 0", advice: "write it as \"128MB\"")
            }
            guard let name, let description, let handler else { return nil }
            return ToolDeclaration(
                name: name, description: description, inputSchema: input, outputSchema: output, handler: handler,
                engine: engine ?? handler.engine(preferring: runtime.engine), securityLevel: level, timeout: timeout,
                memory: memory)
        }
    }

    private mutating func schema(_ node: Node?) -> JSONObject? {
        guard let node else { return nil }
        if case .object(let schema) = node.value { return schema }
        report(node, expected: "a JSON Schema, which is an object", advice: "write it as {\"type\": \"object\"}")
        return nil
    }

    private mutating func checkEngine(_ node: Node?, _ engine: Engine?, runs handler: Handler) {
        guard let node, let engine, !handler.engines.contains(engine) else { return }
        let engines = handler.engines.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        report(
            node, expected: "\(engines), which can run \(Self.excerpt(handler.description))",
            advice: "leave it out, or change what is run")
    }

    // MARK: Handlers

    /// A path, `component:ID#EXPORT` or `mcp:ID#TOOL`, whose component or server is declared.
    private mutating func handler(_ node: Node?, _ declared: Declared) -> Handler? {
        guard let node, let text = text(node, allowEmpty: false, maximum: 2048) else { return nil }
        if text.utf8.starts(with: Self.componentPrefix.utf8) {
            guard let (id, export) = parts(of: text, after: Self.componentPrefix, at: node) else { return nil }
            guard let isLibrary = declared.components[id], !isLibrary else {
                report(
                    node, expected: "an executable component of the manifest",
                    advice: "declare '\(Self.excerpt(id))' in 'components', as an executable")
                return nil
            }
            return .component(id: id, export: export)
        }
        if text.utf8.starts(with: Self.serverPrefix.utf8) {
            guard let (id, tool) = parts(of: text, after: Self.serverPrefix, at: node) else { return nil }
            guard declared.servers.contains(id) else {
                report(
                    node, expected: "a server of the manifest",
                    advice: "declare '\(Self.excerpt(id))' in 'mcpServers'")
                return nil
            }
            return .server(id: id, tool: tool)
        }
        if text.utf8.count > 5, text.utf8.suffix(5).elementsEqual(".wasm".utf8) {
            report(
                node, expected: "a script, an executable, or a component",
                advice: "declare the file in 'components', and write \"component:ID#EXPORT\"")
            return nil
        }
        return file(node, like: "src/handlers/main.js").map { .file($0) }
    }

    private static let componentPrefix = "component:"
    private static let serverPrefix = "mcp:"

    /// The id and the name behind a prefix, or nil with a finding where one of them lacks.
    private mutating func parts(of text: String, after prefix: String, at node: Node) -> (id: String, name: String)? {
        let rest = text.utf8.dropFirst(prefix.utf8.count)
        let id = rest.prefix { $0 != UInt8(ascii: "#") }
        let name = rest.dropFirst(id.count + 1)
        guard !id.isEmpty, !name.isEmpty else {
            report(node, expected: "\(prefix)ID#NAME", advice: "write it as \"\(prefix)main#run\"")
            return nil
        }
        return (String(decoding: id, as: UTF8.self), String(decoding: name, as: UTF8.self))
    }
}
