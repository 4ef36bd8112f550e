import Objects

extension ManifestReader {
    mutating func skills(_ node: Node?) -> [SkillDeclaration] {
        let example = "{\"name\": \"refunds\", \"file\": \"skills/refunds/SKILL.md\"}"
        let known: Set<String> = ["name", "file", "description", "compatibility", "allowedTools"]
        return list(node, of: "skills").compactMap { node in
            guard let members = named(node, known: known, like: example) else { return nil }
            // An imported skill has these as its front matter does, with line breaks.
            let name = text(members["name"], multiline: true, allowEmpty: false)
            let file = file(members["file"], like: "skills/refunds/SKILL.md")
            let description = text(members["description"], multiline: true)
            let compatibility = text(members["compatibility"], multiline: true)
            let tools = text(members["allowedTools"], multiline: true)
            guard let name, let file else { return nil }
            return SkillDeclaration(
                name: name, file: file, description: description ?? "", compatibility: compatibility,
                allowedTools: tools)
        }
    }

    mutating func contextFiles(_ node: Node?) -> [ContextFile] {
        let example = "\"context/terms.md\", or {\"file\": \"context/terms.md\"}"
        return list(node, of: "files").compactMap { node in
            if case .string = node.value {
                return file(node, like: "context/terms.md").map { ContextFile(file: $0, name: nil, description: "") }
            }
            let members = object(node, known: ["file", "name", "description"], like: example)
            guard case .object = node.value else { return nil }
            require("file", in: members, of: node.path, expected: "a file", advice: "write it as \(example)")
            let file = file(members["file"], like: "context/terms.md")
            let name = text(members["name"], allowEmpty: false, maximum: 256)
            let description = text(members["description"], multiline: true)
            return file.map { ContextFile(file: $0, name: name, description: description ?? "") }
        }
    }

    mutating func commands(_ node: Node?) -> [CommandDeclaration] {
        let example = "{\"name\": \"refund\", \"file\": \"commands/refund.md\"}"
        var names: Set<String> = []
        return list(node, of: "commands").compactMap { node in
            guard let members = named(node, known: ["name", "file", "description"], like: example) else { return nil }
            let name = declaredName(members["name"], among: &names)
            let file = file(members["file"], like: "commands/refund.md")
            let description = text(members["description"], multiline: true)
            guard let name, let file else { return nil }
            return CommandDeclaration(name: name, file: file, description: description ?? "")
        }
    }

    /// The members of something that has a name and a file; nil with a finding for anything but an object.
    private mutating func named(_ node: Node, known: Set<String>, like example: String) -> [String: Node]? {
        let members = object(node, known: known, like: example)
        guard case .object = node.value else { return nil }
        for key in ["name", "file"] {
            require(key, in: members, of: node.path, expected: "a \(key)", advice: "write it as \(example)")
        }
        return members
    }

    // MARK: Parts of blocks

    /// A file of the capsule, which is remembered to be looked for in its tree.
    mutating func file(_ node: Node?, like example: String) -> TreePath? {
        guard let node, let text = text(node, allowEmpty: false, maximum: 4096) else { return nil }
        do {
            let path = try TreePath(text)
            namedFiles.append(NamedFile(file: path, place: node.path))
            return path
        } catch {
            report(
                node, expected: "the path of a file in the capsule", advice: error.hint ?? "write it as \"\(example)\"")
            return nil
        }
    }

    /// A short name of letters, digits, `_`, `.` and `-`.
    mutating func name(_ node: Node?, maximum: Int = 64) -> String? {
        guard let node, let text = text(node) else { return nil }
        if (1...maximum).contains(text.utf8.count), text.utf8.allSatisfy(Self.isNameByte) { return text }
        report(
            node, expected: "1 to \(maximum) letters, digits, '_', '.' and '-'",
            advice: "write it as \"find-order\"")
        return nil
    }

    /// The same, which stands once in its list.
    mutating func declaredName(_ node: Node?, among names: inout Set<String>) -> String? {
        guard let node, let name = name(node) else { return nil }
        if names.insert(name).inserted { return name }
        report(at: node.path, expected: "each name once", found: "'\(name)' again", advice: "keep one of the two")
        return nil
    }

    /// `sha256:` and a digest.
    mutating func hash(_ node: Node?) -> SHA256Digest? {
        guard let node else { return nil }
        let prefix = "sha256:"
        if let text = node.value.string, text.utf8.starts(with: prefix.utf8),
            let digest = SHA256Digest(hex: String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
        {
            return digest
        }
        report(
            node, expected: "sha256: and 64 hexadecimal digits in lower case",
            advice: "write \"sha256:\" and what `sha256sum` prints of the file")
        return nil
    }
}
