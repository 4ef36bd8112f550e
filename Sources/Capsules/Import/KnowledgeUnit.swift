package import Objects

/// A discrete knowledge unit: a folder of `content.md` with what is known about it in `metadata.yaml` (row A-005).
///
/// Both files may stand beside `embeddings.bin`, `relations.json` and others. None of them is ever changed.
package struct KnowledgeUnit: Sendable {
    /// The name of the file that makes a folder a unit.
    package static let fileName = "metadata.yaml"
    /// The name of the file that holds the knowledge.
    package static let contentName = "content.md"
    /// The name of the embeddings where the metadata gives none.
    static let embeddingsName = "embeddings.bin"
    /// The most bytes of `metadata.yaml`: its manifest stays well below a manifest's limit.
    package static let byteCount = 262_144

    /// The unit's name for people.
    package let title: String
    /// A UUID, or a text that is a capsule's id.
    package let id: String
    /// The capsule's id, where `id` is one and no UUID.
    let capsuleID: CapsuleID?
    let version: String?
    let description: String
    let author: Developer?
    let tags: [String]
    let category: String?
    /// How many bytes `content.md` must have.
    package let size: Int?
    /// The SHA-256 that `content.md` must have.
    package let checksum: SHA256Digest?
    /// The file of the embeddings, when it is there, and how many numbers a vector has.
    let embeddings: (path: TreePath, dimensions: Int?)?
    /// What a manifest has no member for, in its block `knowledgeUnit`.
    let block: JSONObject

    /// Reads the metadata, with all that is wrong collected.
    ///
    /// `file` is how messages name it, `paths` are the folder's files. Warnings alone do not fail.
    package static func read(
        _ bytes: [UInt8], file: String = fileName, among paths: Set<TreePath>
    ) throws(AmxError) -> (unit: KnowledgeUnit, warnings: [ManifestDiagnostic]) {
        let (unit, warnings) = try DocumentReading.readYAML(
            bytes, file: file, limit: byteCount, named: "metadata bytes"
        ) { reader, root in reader.knowledgeUnit(root, among: paths) }
        return (unit, warnings)
    }

    /// Compares the content with the size and the checksum that the metadata gives.
    ///
    /// `.verification` when one is wrong; `folder` is how the message names the unit.
    package func verify(_ content: [UInt8], in folder: String) throws(AmxError) {
        func wrong(_ what: String, _ found: String, _ expected: String) -> AmxError {
            AmxError(
                .verification,
                "cannot import \(folder): the \(what) of \(Self.contentName) is \(found), and \(Self.fileName) says \(expected)",
                hint: "get the folder anew from where it came from; if \(Self.contentName) is as it should be, correct "
                    + "\(Self.fileName)")
        }
        if let size, size != content.count { throw wrong("size", "\(content.count) bytes", "\(size)") }
        guard let checksum else { return }
        let found = SHA256Hasher.hash(of: content)
        if found != checksum { throw wrong("checksum", "sha256:\(found.hex)", "sha256:\(checksum.hex)") }
    }
}
