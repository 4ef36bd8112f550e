package import Objects
import Yams

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
        let root: Node?
        do {
            root = try Yams.compose(yaml: block.text)
        } catch {
            throw Self.failure(file, Self.reason(error), hint: "check the block between the two '---' lines")
        }
        guard case .mapping(let mapping)? = root else {
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

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? YamlError else { return "the front matter is not valid YAML" }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            // The block starts on the file's second line.
            return "line \(mark.line + 1): \(problem)"
        case .duplicatedKeysInMapping: return "a key of the front matter stands twice"
        default: return "the front matter is not valid YAML"
        }
    }

    /// A scalar's text without control characters, or nil where the key is missing.
    private static func text(_ key: String, in mapping: Node.Mapping, _ file: String) throws(AmxError) -> String? {
        guard let node = mapping.first(where: { $0.key.scalar?.string == key })?.value else { return nil }
        let parts: [String]
        switch node {
        case .scalar(let scalar): parts = [scalar.string]
        // `allowed-tools` is also seen as a list.
        case .sequence(let sequence) where sequence.allSatisfy { $0.scalar != nil }:
            parts = sequence.compactMap { $0.scalar?.string }
        default: throw failure(file, "'\(key)' is not a text", hint: "write it as '\(key): …' on one line")
        }
        return clean(parts.joined(separator: " "))
    }

    private static func entries(_ key: String, in mapping: Node.Mapping, _ file: String) throws(AmxError) -> [Entry] {
        guard let node = mapping.first(where: { $0.key.scalar?.string == key })?.value else { return [] }
        guard case .mapping(let entries) = node else {
            throw failure(file, "'\(key)' is not a list of keys and values", hint: "indent its lines as '  author: …'")
        }
        // Nested values are not part of the format and have no place in a manifest.
        return entries.compactMap { entry in
            guard let name = entry.key.scalar?.string, let value = entry.value.scalar?.string else { return nil }
            return Entry(key: clean(name), value: clean(value))
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
