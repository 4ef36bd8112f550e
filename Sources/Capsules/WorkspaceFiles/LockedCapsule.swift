package import Objects
package import Versions

/// What `amx.lock` says of one capsule.
package struct LockedCapsule: Sendable, Hashable {
    /// What of the capsule's history the workspace follows.
    package enum Line: Sendable, Hashable {
        /// A branch, by its short name: for a capsule that is worked on.
        case branch(String)
        /// A release, such as `v1.2.0`.
        case tag(String)
    }

    /// Where the capsule's repository lies.
    package enum Source: Sendable, Hashable {
        /// Beside the workspace's own repository, wherever that is.
        case workspace
        /// In another place: a hub's owner, a URL prefix, a folder.
        case address(String)

        /// The text of `source`.
        package var text: String {
            switch self {
            case .workspace: "workspace"
            case .address(let address): address
            }
        }
    }

    /// The capsule.
    package let id: CapsuleID
    /// Keeps apart several versions of one capsule; nil for the one that all else sees.
    package let lane: String?
    /// The manifest's version.
    package let version: SemanticVersion
    /// The branch or release.
    package let line: Line
    /// The commit.
    package let commit: ObjectID
    /// The commit's tree.
    package let tree: ObjectID
    /// The content's digest.
    package let digest: ContentDigest
    /// Where it comes from.
    package let source: Source
    /// Who asks for it, in bytewise order: `workspace`, or the ids of capsules.
    package let requestedBy: [String]

    /// Whether it is installed as a release, rather than developed on a branch.
    package var isRelease: Bool {
        if case .tag = line { return true }
        return false
    }

    /// Makes an entry.
    package init(
        id: CapsuleID, lane: String? = nil, version: SemanticVersion, line: Line, commit: ObjectID, tree: ObjectID,
        digest: ContentDigest, source: Source, requestedBy: [String]
    ) {
        self.id = id
        self.lane = lane
        self.version = version
        self.line = line
        self.commit = commit
        self.tree = tree
        self.digest = digest
        self.source = source
        self.requestedBy = requestedBy.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The entry as `amx.lock` has it.
    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id.string), "version": .string(version.text), "commit": .string(commit.hex),
            "tree": .string(tree.hex), "digest": .string(digest.text), "source": .string(source.text),
            "requestedBy": .strings(requestedBy),
        ]
        switch line {
        case .branch(let name): object["branch"] = .string(name)
        case .tag(let name): object["tag"] = .string(name)
        }
        if let lane { object["lane"] = .string(lane) }
        return .object(object)
    }

    static func precedes(_ left: LockedCapsule, _ right: LockedCapsule) -> Bool {
        left.id == right.id
            ? (left.lane ?? "").utf8.lexicographicallyPrecedes((right.lane ?? "").utf8) : left.id < right.id
    }
}
