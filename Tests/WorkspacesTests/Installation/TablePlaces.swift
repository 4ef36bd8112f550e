import Objects
import Testing
import Versions

@testable import Capsules
@testable import Workspaces

/// Places that know the releases of a table, and count what they are asked.
///
/// Addresses are `hub/OWNER`. A release is written `"id 1.2.0"`, with ` yanked`, ` bare` (it states no digest), ` broken` or ` amx=CONSTRAINT` behind it; what
/// it requires `"[owner/]id CONSTRAINT"`, with `optional `, `peer ` or `dev ` before it.
final class TablePlaces: ReleasePlaces {
    final class Place: ReleasePlace {
        let address: String
        fileprivate(set) var found: [CapsuleID: FoundReleases] = [:]
        /// The capsules that it was asked for, in this order.
        fileprivate(set) var asked: [String] = []
        fileprivate var isDown = false

        init(_ address: String) { self.address = address }

        func prefetch(_ ids: [CapsuleID]) {}

        func releases(of id: CapsuleID) throws -> FoundReleases? {
            asked.append(id.string)
            guard !isDown else { throw AmxError(.network, "cannot reach \(address)", hint: "try again") }
            return found[id]
        }
    }

    private var places: [String: Place] = [:]
    private var remotes: [String: String]

    /// Makes places from a table; the remotes are names of owners, the default one under `origin`.
    init(
        _ table: [String: [String: [String]]], remotes: [String: String] = [:], salt: String = ""
    ) throws {
        self.remotes = remotes
        for (owner, releases) in table {
            let place = self[owner]
            var all: [CapsuleID: [Release]] = [:]
            for (text, needs) in releases {
                let release = try Self.release(text, needs, salt: salt)
                all[release.0, default: []].append(release.1)
            }
            for (id, releases) in all { place.found[id] = FoundReleases(at: place.address, releases) }
        }
    }

    /// The place of an owner.
    subscript(owner: String) -> Place {
        let address = "hub/\(owner)"
        if let known = places[address] { return known }
        let place = Place(address)
        places[address] = place
        return place
    }

    /// Lets the registry of the hub say, at one owner, that a capsule is another's.
    func claim(_ id: String, of owner: String, at other: String) throws {
        let id = try CapsuleID(id)
        self[other].found[id] = self[owner].found[id]
    }

    /// Takes a place from the network.
    func stop(_ owner: String) { self[owner].isDown = true }

    static func release(_ text: String, _ needs: [String] = [], salt: String = "") throws -> (CapsuleID, Release) {
        let words = text.split(separator: " ").map(String.init)
        let version = try #require(SemanticVersion(words[1]))
        let seed = "\(words[0]) \(words[1])\(salt)"
        let release = Release(
            version: version, tag: try oid("tag \(seed)"), commit: try oid("commit \(seed)"),
            tree: try oid("tree \(seed)"), manifest: try oid("manifest \(seed)"),
            digest: words.contains("bare") ? nil : LifecycleFixture.digest(seed),
            dependencies: try needs.map(dependency),
            aimatrixVersion: try words.first { $0.hasPrefix("amx=") }.map {
                try VersionConstraint(parsing: String($0.dropFirst(4)))
            }, size: 100, isYanked: words.contains("yanked"),
            problem: words.contains("broken") ? "its manifest is broken" : nil)
        return (try CapsuleID(words[0]), release)
    }

    private static func oid(_ seed: String) throws -> ObjectID {
        try #require(ObjectID(hex: String(SHA256Hasher.hash(of: Array(seed.utf8)).hex.prefix(40))))
    }

    private static func dependency(_ text: String) throws -> Dependency {
        let kinds: [String: Dependency.Kind] = ["optional": .optional, "peer": .peer, "dev": .development]
        var words = text.split(separator: " ").map(String.init)
        let kind = kinds[words[0]]
        if kind != nil { words.removeFirst() }
        let parts = words[0].split(separator: "/").map(String.init)
        return Dependency(
            kind: kind ?? .required, owner: try parts.count > 1 ? OwnerName(parts[0]) : nil,
            id: try CapsuleID(parts[parts.count - 1]),
            constraint: try VersionConstraint(parsing: words.dropFirst().joined(separator: " ")))
    }

    // MARK: ReleasePlaces

    func place(ofRemote name: String?) throws -> any ReleasePlace {
        guard let owner = remotes[name ?? "origin"] else {
            throw AmxError(.notFound, "there is no remote \(name ?? "origin")", hint: "add one")
        }
        return self[owner]
    }

    func place(at address: String) throws -> any ReleasePlace { self[String(address.dropFirst("hub/".count))] }

    func place(of owner: OwnerName, beside address: String) throws -> any ReleasePlace { self[owner.string] }
}
