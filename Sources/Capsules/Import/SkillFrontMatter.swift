package import Objects

/// The YAML block at the top of a skill's `SKILL.md`, as the Agent Skills format defines it.
///
/// Reading is bounded: at most 16 KiB of YAML, few levels, and neither anchors nor aliases, whose repetition could expand without
/// bound. The file itself is never changed.
package struct SkillFrontMatter: Hashable, Sendable {
    /// The name of the file that makes a folder a skill.
    package static let fileName = "SKILL.md"
    /// The longest block, in bytes.
    package static let byteCount = 16_384

    /// The skill's name, by the format that of its folder.
    package let name: String
    /// What the skill does and when to use it.
    package let description: String
    package let license: String?
    package let compatibility: String?
    /// Further texts by key, such as `version` and `author`, in the file's order.
    package let metadata: [Entry]
    /// The tools that the skill may use, as written.
    package let allowedTools: String?

    /// One text of the metadata.
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let value: String
    }

    /// The text of a metadata key.
    package func metadata(_ key: String) -> String? { metadata.first { $0.key == key }?.value }

    /// Reads the front matter of a file's bytes; `file` is how messages name it.
    package init(_ bytes: [UInt8], file: String = SkillFrontMatter.fileName) throws(AmxError) {
        let block = try FrontMatterBlock(bytes, file: file)
        let root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLReader.parse(block.text)
        } catch {
            // The block starts on the file's second line.
            throw Self.failure(
                file, "line \(error.line + 1): \(error.reason)", hint: "check the block between the two '---' lines")
        }
        guard case .mapping? = root, let mapping = root else {
            throw Self.failure(
                file, "the front matter is not a list of keys and values", hint: "write lines as 'name: my-skill'")
        }
        let name = try Self.text("name", in: mapping, file)
        guard let name, !name.isEmpty else {
            throw Self.failure(file, "the front matter has no name", hint: "add a line 'name: my-skill'")
        }
        self.name = name
        description = try Self.text("description", in: mapping, file) ?? ""
        license = try Self.text("license", in: mapping, file)
        compatibility = try Self.text("compatibility", in: mapping, file)
        allowedTools = try Self.text("allowed-tools", in: mapping, file)
        metadata = try Self.entries("metadata", in: mapping, file)
    }

    private static func failure(_ file: String, _ reason: String, hint: String) -> AmxError {
        AmxError(.failure, "\(file) cannot be imported: \(reason)", hint: hint)
    }

    /// A scalar's text without control characters, or nil where the key is missing.
    private static func text(_ key: String, in mapping: YAMLNode, _ file: String) throws(AmxError) -> String? {
        guard let node = mapping[key] else { return nil }
        let parts: [String]
        switch node {
        case .scalar(let text): parts = [text]
        // `allowed-tools` is also seen as a list.
        case .sequence(let elements) where elements.allSatisfy({ $0.scalar != nil }):
            parts = elements.compactMap(\.scalar)
        default: throw failure(file, "'\(key)' is not a text", hint: "write it as '\(key): …' on one line")
        }
        return clean(parts.joined(separator: " "))
    }

    private static func entries(_ key: String, in mapping: YAMLNode, _ file: String) throws(AmxError) -> [Entry] {
        guard let node = mapping[key] else { return [] }
        guard case .mapping(let members) = node else {
            throw failure(file, "'\(key)' is not a list of keys and values", hint: "indent its lines as '  author: …'")
        }
        // Nested values are not part of the format and have no place in a manifest.
        return members.compactMap { member in
            member.value.scalar.map { Entry(key: clean(member.key), value: clean($0)) }
        }
    }

    /// Drops control characters but line breaks and tabs, which a manifest's texts do not have, and blanks at both ends.
    private static func clean(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        let kept = scalars.filter { $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" }
        return String(String.UnicodeScalarView(kept))
    }
}
