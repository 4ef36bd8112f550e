import Objects

extension ManifestReader {
    mutating func permissions(_ node: Node?) -> [Permission] {
        let example = "{\"resource\": \"knowledge\", \"actions\": [\"read\"]}"
        return list(node, of: "permissions").compactMap { node in
            let members = object(node, known: ["resource", "actions", "conditions"], like: example)
            guard case .object = node.value else { return nil }
            require("resource", in: members, of: node.path, expected: "a resource", advice: "write it as \(example)")
            require("actions", in: members, of: node.path, expected: "actions", advice: "write it as \(example)")
            let actions = texts(members["actions"])
            let conditions = conditions(members["conditions"])
            return text(members["resource"], allowEmpty: false).map {
                Permission(resource: $0, actions: actions, conditions: conditions)
            }
        }
    }

    private mutating func conditions(_ node: Node?) -> [Permission.Condition] {
        let example = "{\"field\": \"user.role\", \"operator\": \"equals\", \"value\": \"admin\"}"
        return list(node, of: "conditions").compactMap { node in
            let members = object(node, known: ["field", "operator", "value"], like: example)
            guard case .object = node.value else { return nil }
            for key in ["field", "operator", "value"] {
                require(key, in: members, of: node.path, expected: "a \(key)", advice: "write it as \(example)")
            }
            let found: Permission.Condition.Operator? = choice(members["operator"])
            let field = text(members["field"], allowEmpty: false)
            if let found, found == .startsWith || found == .matches, let value = members["value"] {
                guard case .string = value.value else {
                    report(
                        value, expected: "a string, which '\(found.rawValue)' needs", advice: "put it in double quotes")
                    return nil
                }
            }
            guard let field, let found, let value = members["value"]?.value else { return nil }
            return Permission.Condition(field: field, operator: found, value: value)
        }
    }

    mutating func endpoints(_ node: Node?) -> [Endpoint] {
        let example = "{\"path\": \"/refunds\", \"method\": \"POST\", \"handler\": \"src/endpoints/refunds.js\"}"
        var seen: Set<String> = []
        return list(node, of: "endpoints").compactMap { node in
            let members = object(node, known: ["path", "method", "handler", "description"], like: example)
            guard case .object = node.value else { return nil }
            for key in ["path", "method", "handler"] {
                require(key, in: members, of: node.path, expected: "a \(key)", advice: "write it as \(example)")
            }
            let path = text(members["path"], allowEmpty: false)
            let method: Endpoint.Method? = choice(members["method"])
            let handler = text(members["handler"], allowEmpty: false)
            let description = text(members["description"], multiline: true)
            if let path, !path.utf8.starts(with: "/".utf8), let found = members["path"] {
                report(found, expected: "a path that starts with '/'", advice: "write it as \"/\(Self.excerpt(path))\"")
                return nil
            }
            guard let path, let method, let handler else { return nil }
            guard seen.insert("\(method.rawValue) \(path)").inserted else {
                report(
                    at: node.path, expected: "each method and path once",
                    found: "\(method.rawValue) \(Self.excerpt(path)) again", advice: "keep one of the two endpoints")
                return nil
            }
            return Endpoint(path: path, method: method, handler: handler, description: description ?? "")
        }
    }

    mutating func eventHandlers(_ node: Node?) -> [EventHandler] {
        let example = "{\"event\": \"ticket.created\", \"handler\": \"src/handlers/ticket.js\"}"
        return reactions(node, of: "event handlers", called: "handler", like: example)
            .map { EventHandler(event: $0.event.value, handler: $0.name) }
    }

    mutating func interceptors(_ node: Node?) -> [Interceptor] {
        let example = "{\"event\": \"orders.*.created\", \"action\": \"note-order\"}"
        return reactions(node, of: "interceptors", called: "action", like: example).compactMap { event, action in
            let segments = event.value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard !segments.contains(where: \.isEmpty) else {
                report(
                    event.node, expected: "a topic without empty segments", advice: "no interceptor would ever get it")
                return nil
            }
            return Interceptor(event: event.value, action: action)
        }
    }

    /// An array of objects with an event and the name of what it is given to, in a member `key`.
    private mutating func reactions(
        _ node: Node?, of what: String, called key: String, like example: String
    ) -> [(event: (value: String, node: Node), name: String)] {
        list(node, of: what).compactMap { node in
            let members = object(node, known: ["event", key], like: example)
            guard case .object = node.value else { return nil }
            for key in ["event", key] {
                require(
                    key, in: members, of: node.path, expected: "a name in '\(key)'", advice: "write it as \(example)")
            }
            let event = text(members["event"], allowEmpty: false)
            let name = text(members[key], allowEmpty: false)
            guard let event, let name, let place = members["event"] else { return nil }
            return ((event, place), name)
        }
    }

    mutating func hooks(_ node: Node?) -> LifecycleHooks {
        let members = object(node, like: "{\"postInstall\": \"src/hooks/prepare.js\"}")
        var scripts: [LifecycleHooks.Phase: TreePath] = [:]
        let names = LifecycleHooks.Phase.allCases.map(\.rawValue)
        for key in node?.value.object?.keys ?? [] {
            guard let member = members[key] else { continue }
            guard let phase = LifecycleHooks.Phase.allCases.first(where: { $0.rawValue == key }) else {
                report(
                    at: member.path, atKey: true, expected: "one of " + names.joined(separator: ", "),
                    found: "\"\(Self.excerpt(key))\"",
                    advice: "a hook of another name would never run: rename or remove it")
                continue
            }
            if let script = text(member, allowEmpty: false) { scripts[phase] = path(script, at: member) }
        }
        return LifecycleHooks(scripts: scripts)
    }

    /// A path of the capsule's tree.
    private mutating func path(_ text: String, at node: Node) -> TreePath? {
        do {
            return try TreePath(text)
        } catch {
            report(
                node, expected: "the path of a script in the capsule",
                advice: error.hint ?? "write it as \"src/hooks/a.js\"")
            return nil
        }
    }

    /// More patterns with wildcards than these would make checking them against a tree slow.
    private static let maximumPatterns = 256

    mutating func knowledgeAssets(_ node: Node?) -> KnowledgeAssets {
        guard let node else { return KnowledgeAssets(patterns: [:], dimensions: [:]) }
        let kinds = KnowledgeAssets.Kind.allCases
        let members = object(
            node, known: Set(kinds.map(\.rawValue)), like: "{\"rules\": [\"knowledge/rules/**\"]}")
        var patterns: [KnowledgeAssets.Kind: [AssetPattern]] = [:]
        var dimensions: [AssetPattern: Int] = [:]
        var wildcards = 0
        for kind in kinds {
            let found = list(members[kind.rawValue], of: "paths").compactMap { node -> AssetPattern? in
                let asset = kind == .embeddings ? embedding(node) : (node, nil)
                guard let pattern = asset.path.flatMap({ pattern($0) }) else { return nil }
                if pattern.isPattern { wildcards += 1 }
                if let width = asset.dimensions { dimensions[pattern] = width }
                return pattern
            }
            if !found.isEmpty { patterns[kind] = found }
        }
        if wildcards > Self.maximumPatterns {
            report(
                at: node.path, expected: "at most \(Self.maximumPatterns) patterns with wildcards",
                found: "\(wildcards)",
                advice: "use '**' to take whole folders")
        }
        return KnowledgeAssets(patterns: patterns, dimensions: dimensions)
    }

    /// The parts of an entry of `embeddings`: a path, or an object that also declares how many numbers a row has.
    private mutating func embedding(_ node: Node) -> (path: Node?, dimensions: Int?) {
        guard case .object = node.value else { return (node, nil) }
        let example = "{\"path\": \"knowledge/embeddings/*.f32\", \"dimensions\": 1536}"
        let members = object(node, known: ["path", "dimensions"], like: example)
        require("path", in: members, of: node.path, expected: "a path", advice: "write it as \(example)")
        guard let found = members["dimensions"] else { return (members["path"], nil) }
        guard case .integer(let number) = found.value, let width = Int(exactly: number),
            (1...RowMatrix.maximumWidth).contains(width)
        else {
            report(
                found, expected: "a whole number from 1 to \(RowMatrix.maximumWidth)",
                advice: "write how many numbers each row has, as \(example)")
            return (members["path"], nil)
        }
        return (members["path"], width)
    }

    private mutating func pattern(_ node: Node) -> AssetPattern? {
        guard let text = text(node, allowEmpty: false) else { return nil }
        do {
            return try AssetPattern(text)
        } catch {
            report(
                node, expected: "a path in the capsule, or a pattern such as \"knowledge/rules/*.json\"",
                advice: error.hint ?? "write it relative to the capsule's root")
            return nil
        }
    }
}
