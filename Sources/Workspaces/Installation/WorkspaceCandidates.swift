package import Capsules
import Objects
package import Versions

/// What a workspace's resolution chooses from: releases of the places that requirements name, and what is developed here.
///
/// Which places are asked for a capsule follows from who requires it (`docs/lifecycle.md`, "Where releases come from"). When a place turns out
/// to be needed after a capsule's candidates were given, ``isComplete`` is false, and the solve is done again over a new catalogue; what
/// was noted stays, so that this ends. One thread.
package final class WorkspaceCandidates: CandidateSource {
    /// The source of what is developed here.
    package static let workspace = "workspace"

    private let places: any ReleasePlaces
    private let developed: [CapsuleID: DevelopedCapsule]
    private let defaultAddress: String?
    /// The version of Amx that candidates have to work with; nil for any.
    private let amxVersion: SemanticVersion?
    /// What stays although it does not say that it works with this Amx: somebody else has chosen it.
    private var kept: [CapsuleID: SemanticVersion] = [:]
    /// Where `amx.json` wants capsules from.
    private var pins: [CapsuleID: String] = [:]
    /// What each place has said.
    private var found: [String: [CapsuleID: FoundReleases?]] = [:]
    /// The places whose releases may be chosen.
    private var sources: [CapsuleID: Set<String>] = [:]
    private var releases: [CapsuleID: [Candidate: Release]] = [:]
    private var given: Set<CapsuleID> = []
    /// Whether every candidate that matters had been given when it was asked for.
    package private(set) var isComplete = true

    /// Prepares; nothing is asked yet.
    package init(_ places: any ReleasePlaces, developed: [DevelopedCapsule], amxVersion: SemanticVersion? = nil) {
        (self.places, self.amxVersion) = (places, amxVersion)
        self.developed = Dictionary(developed.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        defaultAddress = try? places.place(ofRemote: nil).address
    }

    /// Says that another solve begins, in which these versions may stay whatever Amx they need.
    package func restart(keeping kept: [CapsuleID: SemanticVersion] = [:]) {
        given = []
        isComplete = true
        self.kept = kept
    }

    /// The release behind a candidate that was chosen; nil for what is developed here.
    package func release(_ id: CapsuleID, _ candidate: Candidate) -> Release? { releases[id]?[candidate] }

    /// Every candidate of a capsule that was looked at, ascending.
    package func known(_ id: CapsuleID) -> [Candidate] { (releases[id]?.keys).map { $0.sorted() } ?? [] }

    /// Where `amx.json` wants a capsule from; nil where it does not say, or nothing was looked at.
    package func pin(_ id: CapsuleID) -> String? { pins[id] }

    // MARK: Requirements

    /// What `amx.json`, and the capsules that are developed here, require.
    package func roots(_ requirements: [Requirement]) throws -> [RootRequirement] {
        places.note(settled: Set(requirements.map(\.id)).union(developed.keys))
        var addresses: [(Requirement, String?)] = []
        var wanted: [String: [CapsuleID]] = [:]
        for requirement in requirements {
            let address = try address(of: requirement)
            addresses.append((requirement, address))
            if let address, developed[requirement.id] == nil { wanted[address, default: []].append(requirement.id) }
        }
        for (address, ids) in wanted.sorted(by: { $0.key < $1.key }) { try places.place(at: address).prefetch(ids) }
        var roots: [RootRequirement] = []
        for (requirement, address) in addresses {
            let source = try source(of: requirement.id, at: address, alone: requirement.owner != nil)
            if let source { pins[requirement.id] = source }
            roots.append(
                RootRequirement(
                    PackageRequirement(
                        PackageName(requirement.id.string), .constraint(requirement.constraint),
                        kind: Self.kind(requirement.kind), source: source),
                    place: WorkspaceManifest.fileName))
        }
        for capsule in developed.values.sorted(by: { $0.id < $1.id }) {
            roots.append(
                RootRequirement(
                    PackageRequirement(PackageName(capsule.id.string), .any, source: Self.workspace),
                    place: "\(capsule.id), which is developed here"))
            for dependency in capsule.manifest.dependencies(.development) {
                roots.append(
                    RootRequirement(
                        try self.requirement(dependency, from: Self.workspace, kind: .development),
                        place: "\(capsule.id)/\(Manifest.fileName)"))
            }
        }
        return roots
    }

    private func address(of requirement: Requirement) throws -> String? {
        if developed[requirement.id] != nil { return Self.workspace }
        let place = try places.place(ofRemote: requirement.remote)
        guard let owner = requirement.owner else { return place.address }
        return try places.place(of: owner, beside: place.address).address
    }

    private static func kind(_ kind: Dependency.Kind) -> PackageRequirement.Kind {
        switch kind {
        case .required: .required
        case .peer: .peer
        case .optional: .optional
        case .development: .development
        }
    }

    /// A dependency of a candidate of a source, with the source that alone may answer.
    private func requirement(
        _ dependency: Dependency, from source: String, kind: PackageRequirement.Kind
    ) throws -> PackageRequirement {
        let address = try address(of: dependency, from: source)
        return PackageRequirement(
            PackageName(dependency.id.string), .constraint(dependency.constraint), kind: kind,
            source: try self.source(
                of: dependency.id, at: address, alone: dependency.owner != nil || pins[dependency.id] != nil))
    }

    /// Where a dependency is to come from; nil when nothing says.
    private func address(of dependency: Dependency, from source: String) throws -> String? {
        if developed[dependency.id] != nil { return Self.workspace }
        let near = source == Self.workspace ? defaultAddress : source
        if let owner = dependency.owner {
            guard let near else { return try places.place(ofRemote: nil).address }
            return try places.place(of: owner, beside: near).address
        }
        if let pin = pins[dependency.id] { return pin }
        return try near ?? places.place(ofRemote: nil).address
    }

    /// The source of a capsule's candidates at an address: where the registry there says that it is, unless that address
    /// `alone` may answer, since somebody has named the owner.
    private func source(of id: CapsuleID, at address: String?, alone: Bool) throws -> String? {
        guard let address else { return nil }
        if address == Self.workspace { return address }
        let source = alone ? address : try look(id, at: address)?.address ?? address
        if sources[id, default: []].insert(source).inserted, given.contains(id) { isComplete = false }
        return source
    }

    private func look(_ id: CapsuleID, at address: String) throws -> FoundReleases? {
        if let known = found[address]?[id] { return known }
        let answer = try places.place(at: address).releases(of: id)
        found[address, default: [:]][id] = .some(answer)
        if let answer, answer.address != address { found[answer.address, default: [:]][id] = .some(answer) }
        return answer
    }

    // MARK: CandidateSource

    package var hasManifestsAtHand: Bool { true }

    package func candidates(of package: PackageName) throws -> [Candidate] {
        guard let id = try? CapsuleID(package.id) else { return [] }
        if let capsule = developed[id] {
            return [Candidate(capsule.manifest.version, source: Self.workspace)]
        }
        given.insert(id)
        var all: [Candidate: Release] = [:]
        for source in sources[id] ?? [] {
            // What the registry says of another owner is no answer of this one.
            guard let answer = try look(id, at: source), answer.address == source else { continue }
            for release in answer.releases {
                all[Candidate(release.version, source: source, isYanked: release.isYanked)] = release
            }
        }
        releases[id] = all
        return Array(all.keys)
    }

    package func manifest(
        of package: PackageName, _ candidate: Candidate, at ordinal: Int
    ) throws -> CandidateManifest {
        guard let id = try? CapsuleID(package.id) else { return .requirements([]) }
        let dependencies: [Dependency]
        if let capsule = developed[id] {
            dependencies = capsule.manifest.dependencies
        } else {
            guard let release = releases[id]?[candidate] else { return .unusable("it is gone") }
            if let problem = release.problem { return .unusable(problem) }
            if let amxVersion, let needed = release.aimatrixVersion, !needed.accepts(amxVersion),
                kept[id] != candidate.version
            {
                return .unusable("it works with Amx \(needed), and this is \(amxVersion)")
            }
            dependencies = release.dependencies
        }
        let kept = dependencies.filter { $0.kind != .development }
        try prefetch(kept, from: candidate.source)
        return .requirements(
            try kept.map { try requirement($0, from: candidate.source, kind: Self.kind($0.kind)) })
    }

    package func prefetchCandidates(of packages: [PackageName]) {
        var wanted: [String: [CapsuleID]] = [:]
        for name in packages {
            guard let id = try? CapsuleID(name.id) else { continue }
            for source in sources[id] ?? [] where found[source]?[id] == nil { wanted[source, default: []].append(id) }
        }
        for (address, ids) in wanted.sorted(by: { $0.key < $1.key }) { try? places.place(at: address).prefetch(ids) }
    }

    private func prefetch(_ dependencies: [Dependency], from source: String) throws {
        var wanted: [String: [CapsuleID]] = [:]
        for dependency in dependencies {
            guard let address = try address(of: dependency, from: source), address != Self.workspace,
                found[address]?[dependency.id] == nil
            else { continue }
            wanted[address, default: []].append(dependency.id)
        }
        for (address, ids) in wanted.sorted(by: { $0.key < $1.key }) { try places.place(at: address).prefetch(ids) }
    }
}
