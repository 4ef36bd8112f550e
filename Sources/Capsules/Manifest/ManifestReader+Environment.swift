extension ManifestReader {
    mutating func environmentVariables(_ node: Node?) -> [EnvironmentVariable] {
        let example = "{\"API_TOKEN\": {\"type\": \"secret\", \"request\": \"Your token?\"}}"
        let members = object(node, like: example)
        return (node?.value.object?.keys ?? []).compactMap { key in
            guard let member = members[key] else { return nil }
            guard Self.isVariableName(key) else {
                report(
                    at: member.path, atKey: true, expected: "a variable's name", found: "\"\(Self.excerpt(key))\"",
                    advice: "write it as API_TOKEN: with A to Z, digits and '_', a digit not first")
                return nil
            }
            return variable(key, member)
        }
    }

    private mutating func variable(_ name: String, _ node: Node) -> EnvironmentVariable? {
        let parts = object(
            node, known: ["type", "request", "description", "default", "enumValues", "placeholder"],
            like: "{\"type\": \"string\", \"request\": \"…\"}")
        let kind: EnvironmentVariable.Kind? = parts["type"] == nil ? .string : choice(parts["type"])
        let request = text(parts["request"])
        let description = text(parts["description"], multiline: true)
        let placeholder = text(parts["placeholder"])
        let values = texts(parts["enumValues"])
        if let list = parts["enumValues"], let kind, kind != .string {
            report(
                at: list.path, atKey: true, expected: "no choice of texts for a \(kind.rawValue)", found: "enumValues",
                advice: "remove it, or let \"type\" be \"string\"")
        }
        if let found = parts["default"], let kind { check(default: found, kind, values) }
        guard let kind, case .object = node.value else { return nil }
        return EnvironmentVariable(
            name: name, kind: kind, request: request, description: description, defaultValue: parts["default"]?.value,
            enumValues: values, placeholder: placeholder)
    }

    private mutating func check(default node: Node, _ kind: EnvironmentVariable.Kind, _ values: [String]) {
        switch kind {
        case .string:
            guard let found = text(node, multiline: true), !values.isEmpty else { return }
            guard !values.contains(where: { $0.utf8.elementsEqual(found.utf8) }) else { return }
            report(node, expected: "one of 'enumValues'", advice: "choose one of them, or add it there")
        case .secret:
            report(
                at: node.path, atKey: true, expected: "no default for a secret", found: "one",
                advice: "remove it: everybody can read a manifest")
        case .number:
            if node.value.number == nil { report(node, expected: "a number", advice: "write it without quotes") }
        case .boolean: _ = flag(node)
        }
    }
}
