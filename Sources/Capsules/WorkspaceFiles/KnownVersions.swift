import Versions

/// The versions that a workspace's capsules are known to have, for what refers to them by id and version.
struct KnownVersions {
    private let locked: [CapsuleID: SemanticVersion]
    private let required: Set<CapsuleID>

    init(_ manifest: WorkspaceManifest, _ lock: WorkspaceLock?) {
        locked = Dictionary((lock?.capsules ?? []).map { ($0.id, $0.version) }, uniquingKeysWith: { first, _ in first })
        required = Set(manifest.requirements.map(\.id) + manifest.develops + manifest.follows)
    }

    /// How a reference stands to what is known.
    enum Answer {
        /// A capsule of the workspace has such a version.
        case resolved
        /// The capsule is here, with a version that will not do.
        case contradicted(SemanticVersion)
        /// The workspace asks for the capsule, and does not have it yet.
        case pending
        /// Nothing here says anything about the capsule.
        case unknown
    }

    func answer(_ id: CapsuleID, _ constraint: VersionConstraint) -> Answer {
        if let version = locked[id] { return constraint.accepts(version) ? .resolved : .contradicted(version) }
        return required.contains(id) ? .pending : .unknown
    }
}

extension ManifestReader {
    /// Reports a reference that cannot be right, or whose target is not known.
    mutating func resolve(
        _ id: CapsuleID, _ constraint: VersionConstraint, at path: JSONPath, against known: KnownVersions
    ) {
        switch known.answer(id, constraint) {
        case .resolved: break
        case .contradicted(let version):
            report(
                at: path, expected: "a version that \(id) has in this workspace: \(version)", found: "\(constraint)",
                advice: "refer to \(version), or bring the capsule to that version")
        case .pending:
            report(
                .warning, at: path, expected: "a capsule that is here", found: "\(id), which is only required",
                advice: "bring it here with `amx pull`, then look again")
        case .unknown:
            report(
                .warning, at: path, expected: "a capsule of the workspace or its lock", found: "\"\(id)\"",
                advice: "bring it here with `amx pull REMOTE \(id)`, or require it in amx.json")
        }
    }
}
