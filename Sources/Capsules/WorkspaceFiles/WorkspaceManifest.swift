package import Versions

/// `amx.json`: a workspace's name, the capsules that it develops, and what it requires.
///
/// A value without I/O. Members that Amx does not know are kept as they were written. `docs/workspace.md` describes the file.
package struct WorkspaceManifest: Sendable, Hashable {
    /// The name of the file at a workspace's root, which tells a workspace's repository from a capsule's.
    package static let fileName = "amx.json"

    /// The workspace's name: the last part of its address, without `.git`.
    package var name: CapsuleID
    /// The capsules that are worked on here, in bytewise order; they come in directory form.
    package private(set) var develops: [CapsuleID]
    /// The capsules that are at a branch and not worked on here, in bytewise order; they come in packed form.
    package private(set) var follows: [CapsuleID]
    /// What is required, by kind and key.
    package private(set) var requirements: [Requirement]
    /// The addresses of remotes that requirements name, by name: where another copy of the workspace has none of that name.
    package private(set) var remotes: [String: String]
    /// The members that are not Amx's, in their order.
    package let others: JSONObject
    /// What deserves a look although the file is valid.
    package let warnings: [ManifestDiagnostic]

    /// The file of a new workspace.
    package init(name: CapsuleID) {
        self.init(
            name: name, develops: [], follows: [], requirements: [], remotes: [:], others: JSONObject(), warnings: [])
    }

    init(
        name: CapsuleID, develops: [CapsuleID], follows: [CapsuleID], requirements: [Requirement],
        remotes: [String: String], others: JSONObject, warnings: [ManifestDiagnostic]
    ) {
        self.name = name
        self.develops = develops
        self.follows = follows
        self.requirements = requirements
        self.remotes = remotes
        self.others = others
        self.warnings = warnings
    }

    /// Adds a capsule to those that are developed here.
    package mutating func develop(_ id: CapsuleID) {
        guard !develops.contains(id) else { return }
        develops = (develops + [id]).sorted()
        follows.removeAll { $0 == id }
    }

    /// Adds a capsule to those that are followed here, unless it is developed.
    package mutating func follow(_ id: CapsuleID) {
        guard !develops.contains(id), !follows.contains(id) else { return }
        follows = (follows + [id]).sorted()
    }

    /// Requires a capsule, in place of all that is said of it now.
    ///
    /// `constraint` is written as it is.
    package mutating func require(
        _ id: CapsuleID, owner: OwnerName?, _ constraint: VersionConstraint, _ kind: Dependency.Kind, remote: String?
    ) {
        let text = JSONValue.string(constraint.description)
        let requirement = Requirement(
            kind: kind, owner: owner, id: id, constraint: constraint, remote: remote, file: nil,
            written: remote.map { ["version": text, "remote": .string($0)] } ?? text)
        require(requirement)
    }

    /// Requires a capsule of a file, in place of all that is said of it now.
    package mutating func require(
        _ id: CapsuleID, _ constraint: VersionConstraint, _ kind: Dependency.Kind, file: FileSource
    ) {
        require(
            Requirement(
                kind: kind, owner: nil, id: id, constraint: constraint, remote: nil, file: file,
                written: ["version": .string(constraint.description), "file": .string(file.text)]))
    }

    /// Requires a capsule as it was required before, in place of all that is said of it now.
    package mutating func require(_ requirement: Requirement) {
        requirements = (requirements.filter { $0.id != requirement.id } + [requirement]).sorted {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
    }

    /// Says where a remote is, for other copies of the workspace.
    package mutating func place(_ remote: String, at address: String) { remotes[remote] = address }

    /// Stops requiring a capsule; false when it was not required.
    package mutating func remove(_ id: CapsuleID) -> Bool {
        let count = requirements.count
        requirements.removeAll { $0.id == id }
        return requirements.count != count
    }

    /// The file's bytes: `name`, `develops`, `follows`, what is required by kind, `remotes`, then the other members as they were.
    ///
    /// Equal values give equal bytes, and what was written here reads back and is written the same.
    package var encoded: [UInt8] {
        var members: [(String, JSONValue)] = [("name", .string(name.string))]
        if !develops.isEmpty { members.append(("develops", .strings(develops.map(\.string)))) }
        if !follows.isEmpty { members.append(("follows", .strings(follows.map(\.string)))) }
        for kind in Dependency.Kind.allCases {
            let required = requirements.filter { $0.kind == kind }
            guard !required.isEmpty else { continue }
            members.append((kind.rawValue, .object(JSONObject(required.map { ($0.key, $0.written) }))))
        }
        if !remotes.isEmpty {
            let sorted = remotes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            members.append(("remotes", .object(JSONObject(sorted.map { ($0.key, .string($0.value)) }))))
        }
        return JSONWriter.bytes(.object(JSONObject(members + others.members.map { ($0.key, $0.value) })), .pretty)
    }
}
