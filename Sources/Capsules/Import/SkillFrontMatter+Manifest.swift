package import Objects
import Versions

extension SkillFrontMatter {
    /// The id of the capsule that a skill becomes: the skill's name, or else its folder's, brought into the form of an id.
    package func capsuleID(folder: String) throws(AmxError) -> CapsuleID {
        if let id = CapsuleID.derived(from: name) ?? CapsuleID.derived(from: folder) { return id }
        throw AmxError(
            .failure, "the skill '\(TreeRules.printable(name.utf8.prefix(80)))' has no name that can be a capsule's id",
            hint: "choose one with --id")
    }

    /// The manifest of the capsule that a skill becomes, to be written beside its files, which stay as they are.
    ///
    /// `version`, `author`, `tags` and `category` come from the metadata where it has them; else the version is 0.1.0 and the author
    /// is `author`. What the front matter does not say is left out, so that a release warns of it.
    package func manifest(id: CapsuleID, author: Developer? = nil) -> JSONValue {
        var manifest: JSONObject = [
            "id": .string(id.string),
            "name": .string(Self.line(name, maximum: 256)),
            "version": .string(version),
            "description": .string(description),
        ]
        if let name = metadata("author").map({ Self.line($0, maximum: 256) }), !name.isEmpty {
            manifest["author"] = ["name": .string(name)]
        } else if let author {
            var developer: JSONObject = ["name": .string(author.name)]
            developer["email"] = author.email.map(JSONValue.string)
            developer["url"] = author.url.map(JSONValue.string)
            manifest["author"] = .object(developer)
        }
        manifest["license"] = license.map { .string(Self.line($0, maximum: 1024)) }
        let tags = metadata("tags")?.split { $0 == "," || $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init) ?? []
        if !tags.isEmpty { manifest["tags"] = .strings(tags) }
        manifest["category"] = metadata("category").map { .string(Self.line($0, maximum: 256)) }
        var skill: JSONObject = ["name": .string(name), "file": .string(Self.fileName)]
        skill["compatibility"] = compatibility.map(JSONValue.string)
        skill["allowedTools"] = allowedTools.map(JSONValue.string)
        manifest["skills"] = [.object(skill)]
        return .object(manifest)
    }

    /// The metadata's version where it is one that a release can have.
    private var version: String {
        guard let text = metadata("version"), text.utf8.count <= Manifest.versionBytes, !text.hasSuffix(".lock"),
            SemanticVersion(text) != nil
        else { return "0.1.0" }
        return text
    }

    /// A text on one line, cut at a character to at most so many bytes.
    private static func line(_ text: String, maximum: Int) -> String {
        var line = ""
        for character in text {
            let next = character.isNewline || character == "\t" ? " " : String(character)
            guard line.utf8.count + next.utf8.count <= maximum else { break }
            line += next
        }
        return line
    }
}
