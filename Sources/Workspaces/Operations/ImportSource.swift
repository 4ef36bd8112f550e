import Capsules
import Objects

/// What a folder that is imported is, and what its manifest is made from.
enum ImportSource {
    /// A skill, with the bytes of its `SKILL.md`.
    case skill([UInt8])
    /// A knowledge unit whose content is what its metadata says.
    case unit(KnowledgeUnit, [ManifestDiagnostic])

    /// Looks at a folder that has some files; one that is both is a skill.
    init(_ folder: String, paths: [TreePath]) throws(AmxError) {
        let limit = Limits.standard.objectBytes
        if let skill = try FileContent.read("\(folder)/\(SkillFrontMatter.fileName)", limit: limit) {
            self = .skill(skill)
            return
        }
        let file = "\(folder)/\(KnowledgeUnit.fileName)"
        guard let metadata = try FileContent.read(file, limit: limit) else {
            throw AmxError(
                .failure,
                "cannot import \(folder): it has neither \(SkillFrontMatter.fileName) nor \(KnowledgeUnit.fileName)",
                hint: "a skill has the one, a knowledge unit the other; to start a capsule of your own, use `amx new`")
        }
        guard let content = try FileContent.read("\(folder)/\(KnowledgeUnit.contentName)", limit: limit) else {
            throw AmxError(
                .failure,
                "cannot import \(folder): it has \(KnowledgeUnit.fileName) and no \(KnowledgeUnit.contentName)",
                hint: "a knowledge unit has both; bring the missing file")
        }
        let (unit, warnings) = try KnowledgeUnit.read(metadata, file: file, among: Set(paths))
        try unit.verify(content, in: folder)
        self = .unit(unit, warnings)
    }

    /// What deserves a look.
    var warnings: [ManifestDiagnostic] {
        if case .unit(_, let warnings) = self { warnings } else { [] }
    }

    /// The manifest, with the id that is wanted or else one made from what the folder says.
    func manifest(
        _ wanted: CapsuleID?, author: Developer?, folder: String
    ) throws(AmxError) -> (id: CapsuleID, manifest: JSONValue) {
        let name = Directory.name(of: folder)
        switch self {
        case .skill(let bytes):
            let matter = try SkillFrontMatter(bytes, file: "\(folder)/\(SkillFrontMatter.fileName)")
            let id: CapsuleID
            if let wanted { id = wanted } else { id = try matter.capsuleID(folder: name) }
            return (id, matter.manifest(id: id, author: author))
        case .unit(let unit, _):
            let id: CapsuleID
            if let wanted { id = wanted } else { id = try unit.capsuleID(folder: name) }
            return (id, unit.manifest(id: id, author: author))
        }
    }
}
