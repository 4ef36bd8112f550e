import Capsules
import Objects
import TestSupport
import Testing
import Versions

/// A folder of bare repositories with releases, beside a cache for tables.
final class ReleaseStore: Sendable {
    let folder: TemporaryDirectory
    let cache: String
    let store: String

    init() throws {
        folder = try TemporaryDirectory("amx-releases")
        store = folder.appending("store")
        cache = folder.appending("cache")
        try Directory.create(store)
    }

    func path(_ id: String) -> String { "\(store)/\(id).git" }

    func table(_ id: String) -> String { "\(cache)/releases/\(id)" }

    /// All releases of a capsule, through its table.
    func releases(_ id: String, limits: Limits = .standard, memory: ManifestMemory = ManifestMemory()) throws
        -> [Release]
    {
        try ReleaseReader(CapsuleID(id), limits: limits, memory: memory).releases(in: path(id), table: table(id))
    }

    static func manifest(_ id: String, _ version: String, _ more: String = "") -> String {
        "{\"id\": \"\(id)\", \"name\": \"A\", \"version\": \"\(version)\"\(more.isEmpty ? "" : ", \(more)")}"
    }

    /// Writes releases into a capsule's repository, which is made where it is missing, as one pack and one change of references.
    ///
    /// Each is a commit with a manifest and a file beside it, and an annotated tag.
    @discardableResult
    func release(_ id: String, _ drafts: [Draft]) throws -> [(commit: ObjectID, tag: ObjectID)] {
        let path = path(id)
        if !Directory.exists(path) { _ = try Repository.create(at: path) }
        let staging = try ObjectStaging(for: path)
        let who = Signature(name: "A", email: "a@example.com", time: 1_700_000_000, offset: 0)
        var made: [(commit: ObjectID, tag: ObjectID)] = []
        var updates: [RefUpdate] = []
        for draft in drafts {
            var files: [FileEntry] = []
            for (name, text) in draft.files(of: id) {
                let blob = try staging.add(Array(text.utf8), kind: .blob)
                files.append(FileEntry(path: try TreePath(name), mode: .regular, id: blob))
            }
            let commit = Commit(
                tree: try staging.addTree(of: files), parents: [], author: who, committer: who, message: draft.message)
            let commitID = try staging.add(commit.encoded, kind: .commit)
            let tag = Tag(
                target: commitID, targetKind: .commit, name: draft.innerName ?? "v\(draft.version)", tagger: who,
                message: draft.tagMessage)
            let tagID = try staging.add(tag.encoded, kind: .tag)
            guard let name = RefName(tag: "v\(draft.version)") else { continue }
            updates.append(RefUpdate(name, expected: .any, new: tagID))
            made.append((commitID, tagID))
        }
        try staging.publish()
        try Repository(opening: path).refs.commit(updates)
        return made
    }

    /// Writes releases that only differ in their versions and dependencies.
    @discardableResult
    func release(
        _ id: String, versions: [String], _ more: (String) -> String = { _ in "" }
    ) throws -> [(commit: ObjectID, tag: ObjectID)] {
        try release(id, versions.map { Draft($0, manifest: Self.manifest(id, $0, more($0))) })
    }

    /// A release to be written.
    struct Draft: CustomTestStringConvertible {
        let version: String
        /// The manifest's text; nil for a plain one, empty for none.
        var manifest: String?
        var message = "Change"
        var tagMessage = "Release"
        /// The name in the tag object, where it is another.
        var innerName: String?
        var further: [String: String] = [:]

        init(
            _ version: String, manifest: String? = nil, message: String = "Change", tagMessage: String = "Release",
            innerName: String? = nil, further: [String: String] = [:]
        ) {
            self.version = version
            self.manifest = manifest
            self.message = message
            self.tagMessage = tagMessage
            self.innerName = innerName
            self.further = further
        }

        var testDescription: String { "\(version) \(tagMessage) \((manifest ?? "").prefix(80))" }

        func files(of id: String) -> [(String, String)] {
            var files = further
            files["docs/a.md"] = "About \(version)\n"
            let text = manifest ?? ReleaseStore.manifest(id, version)
            if !text.isEmpty { files["manifest.json"] = text }
            return files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
        }
    }
}
