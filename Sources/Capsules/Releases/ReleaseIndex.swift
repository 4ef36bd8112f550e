package import Objects
import Versions

/// All releases of one capsule of a hub, as one document that is small, stable and cacheable.
///
/// The hub encodes it from a repository's references, and a client reads it instead of the repository. Equal values have equal
/// bytes. Source: `docs/protocol.md`, section 11.
package struct ReleaseIndex: Sendable, Hashable {
    /// The form that this version writes, and the only one that it reads.
    package static let schema: Int64 = 1
    /// The most bytes of a document.
    package static let byteLimit = 32 << 20
    /// The most releases of a document, and dependencies of one list.
    package static let entryLimit = 16_384
    /// The name that the document has in addresses.
    package static let fileName = "index.json"

    /// The capsule.
    package let id: CapsuleID
    /// Whose it is.
    package let owner: OwnerName
    /// The releases, by precedence and then by their text, lowest first.
    package let releases: [Release]
    /// Why and since when releases are withdrawn, by the text of their versions; who did it is not told.
    package let yanks: [String: Yank]

    /// Takes releases in any order; those with a yank become yanked, and no others are.
    package init(id: CapsuleID, owner: OwnerName, releases: [Release], yanks: [String: Yank]) {
        self.id = id
        self.owner = owner
        self.releases = releases.sorted(by: Self.precedes).map { release in
            var release = release
            release.isYanked = yanks[release.version.text] != nil
            return release
        }
        let versions = Set(releases.map(\.version.text))
        self.yanks = yanks.filter { versions.contains($0.key) }.mapValues { Yank(time: $0.time, reason: $0.reason) }
    }

    /// The repository's address, relative to the hub's.
    package var repository: String { "\(owner)/\(id).git" }

    static func precedes(_ left: Release, _ right: Release) -> Bool {
        left.version == right.version
            ? left.version.text.utf8.lexicographicallyPrecedes(right.version.text.utf8) : left.version < right.version
    }

    /// The document; `.failure` when it would pass a limit.
    package func encoded() throws(AmxError) -> [UInt8] {
        guard releases.count <= Self.entryLimit else {
            throw tooLarge("it has \(releases.count) releases, and the limit is \(Self.entryLimit)")
        }
        let document: JSONValue = [
            "schema": .integer(Self.schema), "id": .string(id.string), "owner": .string(owner.string),
            "repository": .string(repository), "releases": .array(releases.map(json)),
        ]
        let bytes = JSONWriter.bytes(document, .canonical)
        guard bytes.count <= Self.byteLimit else {
            throw tooLarge("it has \(bytes.count) bytes, and the limit is \(Self.byteLimit)")
        }
        return bytes
    }

    private func tooLarge(_ why: String) -> AmxError {
        AmxError(
            .failure, "the index of \(owner)/\(id) is too large: \(why)",
            hint: "fetch the repository: its releases are there as tags")
    }

    private func json(_ release: Release) -> JSONValue {
        var object: JSONObject = [
            "version": .string(release.version.text), "tag": .string(release.tag.hex),
            "commit": .string(release.commit.hex), "tree": .string(release.tree.hex),
            "manifest": .string(release.manifest.hex),
        ]
        var problem = release.problem
        var dependencies = JSONObject()
        for kind in Dependency.Kind.allCases {
            let list = release.dependencies.filter { $0.kind == kind }
            guard !list.isEmpty else { continue }
            // Printed, a constraint may be longer than anything that is read as one.
            if let long = list.first(where: { "\($0.constraint)".utf8.count > VersionConstraint.textBytes }) {
                problem = problem ?? "its constraint on \(long.id) is too long for an index"
            }
            dependencies[kind.rawValue] = .array(list.map(json))
        }
        if let needed = release.aimatrixVersion {
            if "\(needed)".utf8.count > VersionConstraint.textBytes {
                problem = problem ?? "its aimatrixVersion is too long for an index"
            } else {
                object["aimatrixVersion"] = .object(Self.json(needed))
            }
        }
        object["dependencies"] = .object(problem == nil ? dependencies : [:])
        object["digest"] = release.digest.map { .string($0.text) }
        object["size"] = release.size.flatMap { Int64(exactly: $0) }.map(JSONValue.integer)
        object["problem"] = problem.map(JSONValue.string)
        object["yanked"] = yanks[release.version.text].map { yank in
            var entry: JSONObject = ["at": .string(UTCTime.text(yank.time))]
            entry["reason"] = yank.reason.map(JSONValue.string)
            return .object(entry)
        }
        return .object(object)
    }

    private func json(_ dependency: Dependency) -> JSONValue {
        var object = Self.json(dependency.constraint)
        object["id"] = .string(dependency.id.string)
        object["owner"] = dependency.owner.map { .string($0.string) }
        return .object(object)
    }

    private static func json(_ constraint: VersionConstraint) -> JSONObject {
        var object: JSONObject = ["constraint": .string("\(constraint)")]
        if constraint.prerelease { object["prerelease"] = true }
        return object
    }
}
