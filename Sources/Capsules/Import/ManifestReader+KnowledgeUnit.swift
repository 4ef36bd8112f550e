import Objects
import Versions

extension ManifestReader {
    private static let unitMembers: Set<String> = [
        "id", "version", "title", "description", "author", "created", "modified", "tags", "category", "access_level",
        "content_type", "language", "size", "checksum", "relations", "embeddings",
    ]

    /// Reads a knowledge unit's metadata; nil where it lacks its identity, which is then among the findings.
    mutating func knowledgeUnit(_ root: Node, among paths: Set<TreePath>) -> KnowledgeUnit? {
        var fields = object(root, like: "title: Refund rules")
        guard let document = root.value.object else { return nil }
        for key in document.keys where !Self.unitMembers.contains(key) {
            report(
                .warning, at: root.path.key(key), expected: "a member that Amx knows",
                found: "\"\(Self.excerpt(key))\"",
                advice: "check the spelling; the file keeps it, and the manifest does not have it")
        }
        // YAML writes what is left out as an empty text too, and ends some texts with a line's end.
        fields = fields.mapValues(Self.trimmed).filter { $0.value.value != .string("") }
        require("id", in: fields, of: .root, expected: "a UUID", advice: "add id: and the unit's UUID")
        require("title", in: fields, of: .root, expected: "a title", advice: "add title: …")
        let id = unitID(fields["id"])
        let title = text(fields["title"], allowEmpty: false, maximum: 256)
        let version = version(fields["version"])?.text
        let description = text(fields["description"], multiline: true)
        let author = unitAuthor(fields["author"])
        let tags = texts(fields["tags"])
        let category = text(fields["category"], maximum: 256)
        var block: JSONObject = ["file": .string(KnowledgeUnit.contentName)]
        block["id"] = id.map { .string($0.text) }
        block["contentType"] = contentType(fields["content_type"])
        block["language"] = text(fields["language"], maximum: 256).map(JSONValue.string)
        block["accessLevel"] = text(fields["access_level"], maximum: 256).map(JSONValue.string)
        block["created"] = moment(fields["created"])
        block["modified"] = moment(fields["modified"])
        block["relations"] = relations(fields["relations"])
        let size = count(fields["size"], 0...Int.max, like: "1024")
        let checksum = checksum(fields["checksum"])
        let embeddings = unitEmbeddings(fields["embeddings"], among: paths, &block)
        guard let id, let title else { return nil }
        return KnowledgeUnit(
            title: title, id: id.text, capsuleID: id.capsule, version: version, description: description ?? "",
            author: author, tags: tags, category: category, size: size, checksum: checksum, embeddings: embeddings,
            block: block)
    }

    private static func trimmed(_ node: Node) -> Node {
        guard case .string(let text) = node.value else { return node }
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return Node(value: .string(String(scalars)), path: node.path)
    }

    private mutating func unitID(_ node: Node?) -> (text: String, capsule: CapsuleID?)? {
        guard let node, let text = text(node, maximum: 1024) else { return nil }
        if Self.isUUID(text) { return (text, nil) }
        if let id = try? CapsuleID(text) { return (text, id) }
        report(
            node, expected: "a UUID or a capsule id", advice: "write it as 1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77")
        return nil
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && parts.joined().unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isHexDigit }
    }

    /// An author's name, or an object as a manifest has it.
    private mutating func unitAuthor(_ node: Node?) -> Developer? {
        guard let node else { return nil }
        if case .object = node.value { return developer(node) }
        return text(node, allowEmpty: false, maximum: 256).map { Developer(name: $0) }
    }

    private mutating func contentType(_ node: Node?) -> JSONValue? {
        guard let node, let text = text(node, maximum: 256) else { return nil }
        if text != "markdown" {
            report(
                .warning, at: node.path, expected: "markdown", found: "\"\(Self.excerpt(text))\"",
                advice: "\(KnowledgeUnit.contentName) is Markdown; the type is kept as it is")
        }
        return .string(text)
    }

    /// A time such as `2025-01-31T12:00:00Z`; another text is kept, with a warning.
    private mutating func moment(_ node: Node?) -> JSONValue? {
        guard let node, let text = text(node, maximum: 256) else { return nil }
        let form = "0000-00-00T00:00:00"
        let start = text.utf8.prefix(form.utf8.count)
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let rest = text.utf8.dropFirst(form.utf8.count)
        let fraction = rest.dropFirst().dropLast()
        let isRight =
            start.count == form.utf8.count
            && zip(start, form.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 }
            && (rest.elementsEqual("Z".utf8)
                || rest.first == UInt8(ascii: ".") && rest.last == UInt8(ascii: "Z") && !fraction.isEmpty
                    && fraction.allSatisfy(isDigit))
        if !isRight {
            report(
                .warning, at: node.path, expected: "a time in UTC by ISO 8601", found: "\"\(Self.excerpt(text))\"",
                advice: "write it as 2025-01-31T12:00:00Z; it is kept as it is")
        }
        return .string(text)
    }

    /// The relations as they are written, once each has a type and a target.
    private mutating func relations(_ node: Node?) -> JSONValue? {
        guard let node else { return nil }
        for relation in list(node, of: "relations") {
            let members = object(relation, known: ["type", "target"], like: "{type: references, target: …}")
            guard case .object = relation.value else { continue }
            require("type", in: members, of: relation.path, expected: "a type", advice: "add type: references")
            require("target", in: members, of: relation.path, expected: "a unit's id", advice: "add target: …")
            _ = text(members["target"], allowEmpty: false, maximum: 1024)
            guard let type = members["type"], let text = text(type, allowEmpty: false, maximum: 256) else { continue }
            guard !["references", "contains"].contains(text) else { continue }
            report(
                .warning, at: type.path, expected: "one of contains, references", found: "\"\(Self.excerpt(text))\"",
                advice: "check the spelling; the relation is kept as it is")
        }
        return node.value
    }

    private mutating func count(_ node: Node?, _ range: ClosedRange<Int>, like example: String) -> Int? {
        guard let node, let text = text(node) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            report(
                node,
                expected: range.upperBound == .max
                    ? "a whole number" : "a whole number from \(range.lowerBound) to \(range.upperBound)",
                advice: "write it as \(example)")
            return nil
        }
        return number
    }

    private mutating func checksum(_ node: Node?) -> SHA256Digest? {
        guard let node, let text = text(node) else { return nil }
        let name = "sha256:"
        guard text.hasPrefix(name), let digest = SHA256Digest(hex: text.dropFirst(name.count).lowercased()) else {
            report(
                node, expected: "sha256: and 64 hexadecimal digits",
                advice: "write what `sha256sum \(KnowledgeUnit.contentName)` prints after sha256:")
            return nil
        }
        return digest
    }

    /// The embeddings' file when it is there; what is said of them goes into the block.
    private mutating func unitEmbeddings(
        _ node: Node?, among paths: Set<TreePath>, _ block: inout JSONObject
    ) -> (path: TreePath, dimensions: Int?)? {
        var name = KnowledgeUnit.embeddingsName
        var dimensions: Int?
        var file: Node?
        if let node {
            let members = object(
                node, known: ["model", "dimensions", "file"], like: "{model: …, dimensions: 384, file: \(name)}"
            ).mapValues(Self.trimmed)
            let model = text(members["model"], maximum: 1024)
            dimensions = count(members["dimensions"], 1...RowMatrix.maximumWidth, like: "384")
            file = members["file"]
            if let text = text(file, allowEmpty: false, maximum: 1024) { name = text }
            var kept: JSONObject = [:]
            kept["model"] = model.map(JSONValue.string)
            kept["dimensions"] = dimensions.map { .count($0) }
            kept["file"] = file.map { _ in .string(name) }
            block["embeddings"] = .object(kept)
        }
        if let path = try? TreePath(name), paths.contains(path) { return (path, dimensions) }
        if let file {
            report(
                .warning, at: file.path, expected: "a file of the folder", found: "\"\(Self.excerpt(name))\"",
                advice: "put the file there; without it the manifest has no embeddings")
        }
        return nil
    }
}
