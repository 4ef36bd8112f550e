package import Objects

extension KnowledgeUnit {
    /// The id of the capsule that a unit becomes: its own where it is one, else made from the title, from its folder, or its UUID.
    package func capsuleID(folder: String) throws(AmxError) -> CapsuleID {
        if let id = capsuleID ?? CapsuleID.derived(from: title) ?? CapsuleID.derived(from: folder)
            ?? CapsuleID.derived(from: id)
        {
            return id
        }
        throw AmxError(
            .failure,
            "the unit '\(TreeRules.printable(title.utf8.prefix(80)))' has no title that can be a capsule's id",
            hint: "choose one with --id")
    }

    /// The manifest of the capsule that a unit becomes, to be written beside its files, which stay as they are.
    ///
    /// Without a version it is 0.1.0, without an author `author`. What the metadata does not say is left out, so that a release
    /// warns of it; what a manifest has no member for stands in `knowledgeUnit`.
    package func manifest(id: CapsuleID, author other: Developer? = nil) -> JSONValue {
        var manifest: JSONObject = [
            "id": .string(id.string),
            "name": .string(title),
            "version": .string(version ?? "0.1.0"),
            "description": .string(description),
        ]
        if let author = author ?? other {
            var developer: JSONObject = ["name": .string(author.name)]
            developer["email"] = author.email.map(JSONValue.string)
            developer["url"] = author.url.map(JSONValue.string)
            manifest["author"] = .object(developer)
        }
        if !tags.isEmpty { manifest["tags"] = .strings(tags) }
        manifest["category"] = category.map(JSONValue.string)
        manifest["documentation"] = .string(Self.contentName)
        if let embeddings {
            var entry: JSONObject = ["path": .string(embeddings.path.string)]
            entry["dimensions"] = embeddings.dimensions.map { .count($0) }
            manifest["knowledgeAssets"] = ["embeddings": [.object(entry)]]
        }
        manifest["knowledgeUnit"] = .object(block)
        return .object(manifest)
    }
}
