package import Capsules
package import Objects
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
    /// Of sources that a hub's registry has led to, the place that was asked.
    private var redirects: [CapsuleID: [String: String]] = [:]
    /// The sources that a requirement names by itself.
    private var direct: [CapsuleID: Set<String>] = [:]
    /// Where `amx.json` asks for capsules, before any registry was asked.
    private var asked: [CapsuleID: String] = [:]
    /// The places whose releases may be chosen.
    private var sources: [CapsuleID: Set<String>] = [:]
    private var offers: [CapsuleID: ReleaseOffer] = [:]
    private var given: Set<CapsuleID> = []
    /// What ``source(of:at:alone:)`` has answered last: asked the same again, it has nothing to note.
    private var answered: [CapsuleID: (address: String, alone: Bool, source: String)] = [:]
    private let limits: Limits
    /// The capsules that places were asked for, by place.
    private var askedFor: [String: Set<CapsuleID>] = [:]
    private var (capsuleCount, releaseCount) = (0, 0)
    /// How many capsules lead from `amx.json` to each: whoever is asked for one capsule after the other takes the more time for it.
    private var depths: [CapsuleID: Int] = [:]
    /// The capsule whose manifests are read: all of them are asked for one after the other.
    private var reading: CapsuleReading?
    /// What was made of the dependencies that were looked at last; the requirements are those of `wanted`, in its order.
    private var lastRead:
        (dependencies: [Dependency], wanted: [Dependency], source: String, requirements: [PackageRequirement])?
    /// Whether every candidate that matters had been given when it was asked for.
    package private(set) var isComplete = true

    /// Prepares; nothing is asked yet.
    package init(
        _ places: any ReleasePlaces, developed: [DevelopedCapsule], amxVersion: SemanticVersion? = nil,
        limits: Limits = .standard
    ) {
        (self.places, self.amxVersion, self.limits) = (places, amxVersion, limits)
        self.developed = Dictionary(developed.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        defaultAddress = try? places.place(ofRemote: nil).address
    }

    /// Says that another solve begins, in which these versions may stay whatever Amx they need.
    package func restart(keeping kept: [CapsuleID: SemanticVersion] = [:]) {
        given = []
        answered = [:]
        depths = [:]
        (reading, lastRead) = (nil, nil)
        isComplete = true
        self.kept = kept
    }

    /// The release behind a candidate that was chosen; nil for what is developed here.
    package func release(_ id: CapsuleID, _ candidate: Candidate) -> Release? { offers[id]?[candidate] }

    /// Every candidate of a capsule that was looked at, ascending.
    package func known(_ id: CapsuleID) -> [Candidate] { offers[id]?.candidates ?? [] }

    /// Where `amx.json` wants a capsule from; nil where it does not say, or nothing was looked at.
    package func pin(_ id: CapsuleID) -> String? { pins[id] }

    /// Where `amx.json` asks for a capsule; nil where it does not require it.
    func askedPlace(_ id: CapsuleID) -> String? { asked[id] }

    /// The place whose hub's registry has led to a source of a capsule; nil where a requirement names that source by itself.
    func redirect(_ id: CapsuleID, to source: String) -> String? {
        direct[id]?.contains(source) == true ? nil : redirects[id]?[source]
    }

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
        try prefetch(wanted)
        var roots: [RootRequirement] = []
        for (requirement, address) in addresses {
            let source = try source(of: requirement.id, at: address, alone: requirement.owner != nil)
            if let source { pins[requirement.id] = source }
            if let address { asked[requirement.id] = address }
            answered[requirement.id] = nil
            depths[requirement.id] = 0
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

    /// The requirements of `amx.json` that name their place, by a remote or an owner, and that no release there fits, with the place.
    ///
    /// That is so or not whatever else is required, and whoever else has the capsule: nobody else is asked.
    func unmet(_ requirements: [Requirement]) throws -> [(requirement: Requirement, address: String)] {
        var unmet: [(requirement: Requirement, address: String)] = []
        for requirement in requirements
        where requirement.remote != nil || requirement.owner != nil || requirement.file != nil {
            guard requirement.kind != .optional, developed[requirement.id] == nil,
                let address = try address(of: requirement)
            else { continue }
            let answer = try look(requirement.id, at: address)
            // What the registry says of others counts only where no owner is named.
            let releases = requirement.owner == nil || answer?.address == address ? answer?.releases ?? [] : []
            let fits = releases.contains { release in
                release.problem == nil && requirement.constraint.accepts(release.version)
            }
            if !fits { unmet.append((requirement, address)) }
        }
        return unmet
    }

    private func address(of requirement: Requirement) throws -> String? {
        if developed[requirement.id] != nil { return Self.workspace }
        if let file = requirement.file { return try places.place(at: file.text).address }
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
        // A file has nothing but its own capsule.
        let near = source == Self.workspace || FileSource(source) != nil ? defaultAddress : source
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
        if let last = answered[id], last.address == address, last.alone == alone { return last.source }
        let source = alone ? address : try look(id, at: address)?.address ?? address
        // What `amx.json` asks for elsewhere is pinned to where that has led.
        if source != address {
            redirects[id, default: [:]][source] = address
        } else if pins[id] != source || asked[id] == source {
            direct[id, default: []].insert(source)
        }
        if sources[id, default: []].insert(source).inserted, given.contains(id) { isComplete = false }
        answered[id] = (address, alone, source)
        return source
    }

    private func look(_ id: CapsuleID, at address: String) throws -> FoundReleases? {
        if let known = found[address]?[id] { return known }
        try count(address, [id])
        let answer = try places.place(at: address).releases(of: id)
        found[address, default: [:]][id] = .some(answer)
        releaseCount += answer?.releases.count ?? 0
        guard releaseCount <= limits.resolutionReleases else {
            throw limits.passed(.resolutionReleases, "cannot choose versions: places offer too many releases")
        }
        if let answer, answer.address != address { found[answer.address, default: [:]][id] = .some(answer) }
        return answer
    }

    /// Counts the capsules that a place is asked for; what required them may come from anybody.
    private func count(_ address: String, _ ids: [CapsuleID]) throws(AmxError) {
        for id in ids where askedFor[address, default: []].insert(id).inserted { capsuleCount += 1 }
        guard capsuleCount <= limits.resolutionCapsules else {
            throw limits.passed(.resolutionCapsules, "cannot choose versions: too many capsules are required")
        }
    }

    private func prefetch(_ wanted: [String: [CapsuleID]]) throws {
        for (address, ids) in wanted.sorted(by: { $0.key < $1.key }) {
            try count(address, ids)
            try places.place(at: address).prefetch(ids)
        }
    }

    // MARK: CandidateSource

    package var hasManifestsAtHand: Bool { true }

    package func candidates(of package: PackageName) throws -> [Candidate] {
        guard let id = try? CapsuleID(package.id) else { return [] }
        if let capsule = developed[id] {
            return [Candidate(capsule.manifest.version, source: Self.workspace)]
        }
        given.insert(id)
        var offered: [(source: String, releases: [Release])] = []
        for source in sources[id] ?? [] {
            // What the registry says of another owner is no answer of this one.
            guard let answer = try look(id, at: source), answer.address == source else { continue }
            offered.append((source, answer.releases))
        }
        let offer = ReleaseOffer(offered)
        offers[id] = offer
        reading = nil
        return offer.candidates
    }

    package func manifest(
        of package: PackageName, _ candidate: Candidate, at ordinal: Int
    ) throws -> CandidateManifest {
        if reading?.package != package {
            guard let id = try? CapsuleID(package.id) else { return .requirements([]) }
            reading = CapsuleReading(package, id, developed[id], offers[id] ?? ReleaseOffer([]))
        }
        guard let reading else { return .requirements([]) }
        let dependencies: [Dependency]
        if let capsule = reading.developed {
            dependencies = capsule.manifest.dependencies
        } else {
            guard let place = reading.offer.place(of: candidate, at: ordinal) else { return .unusable("it is gone") }
            let releases = reading.offer.releases
            if let problem = releases[place].problem { return .unusable(problem) }
            if let amxVersion, let needed = releases[place].aimatrixVersion, !needed.accepts(amxVersion),
                kept[reading.id] != candidate.version
            {
                return .unusable("it works with Amx \(needed), and this is \(amxVersion)")
            }
            dependencies = releases[place].dependencies
        }
        // Most releases require what the one before them does, and then it is the same list.
        if let last = lastRead, last.dependencies == dependencies, last.source == candidate.source {
            return .requirements(last.requirements)
        }
        let hasDevelopment = dependencies.contains { $0.kind == .development }
        let wanted = hasDevelopment ? dependencies.filter { $0.kind != .development } : dependencies
        let requirements = try requirements(wanted, from: candidate.source)
        lastRead = (dependencies, wanted, candidate.source, requirements)
        return .requirements(requirements)
    }

    /// What a candidate of a source requires. Where the one before it requires the same capsules, nothing has to be found out about them.
    private func requirements(_ wanted: [Dependency], from source: String) throws -> [PackageRequirement] {
        if let last = lastRead, last.source == source, Self.areOfSame(wanted, last.wanted) {
            return wanted.indices.map { place in
                PackageRequirement(
                    last.requirements[place].package, .constraint(wanted[place].constraint),
                    kind: Self.kind(wanted[place].kind), source: last.requirements[place].source)
            }
        }
        try countDepth(of: wanted)
        try prefetch(wanted, from: source)
        return try wanted.map { try requirement($0, from: source, kind: Self.kind($0.kind)) }
    }

    /// Counts how far what the capsule that is read requires is from `amx.json`.
    private func countDepth(of wanted: [Dependency]) throws(AmxError) {
        guard !wanted.isEmpty, let id = reading?.id else { return }
        let depth = (depths[id] ?? 0) + 1
        guard depth <= limits.resolutionDepth else {
            throw limits.passed(
                .resolutionDepth, "cannot choose versions: too many capsules require each other in a line")
        }
        for dependency in wanted where depths[dependency.id] == nil { depths[dependency.id] = depth }
    }

    /// Whether two lists are of the same capsules of the same owners in the same order.
    private static func areOfSame(_ left: [Dependency], _ right: [Dependency]) -> Bool {
        left.count == right.count
            && left.indices.allSatisfy { left[$0].id == right[$0].id && left[$0].owner == right[$0].owner }
    }

    package func prefetchCandidates(of packages: [PackageName]) {
        var wanted: [String: [CapsuleID]] = [:]
        for name in packages {
            guard let id = try? CapsuleID(name.id) else { continue }
            for source in sources[id] ?? [] where found[source]?[id] == nil { wanted[source, default: []].append(id) }
        }
        // What stands against it is told when a candidate is asked for.
        try? prefetch(wanted)
    }

    private func prefetch(_ dependencies: [Dependency], from source: String) throws {
        var wanted: [String: [CapsuleID]] = [:]
        for dependency in dependencies {
            guard let address = try address(of: dependency, from: source), address != Self.workspace,
                found[address]?[dependency.id] == nil
            else { continue }
            wanted[address, default: []].append(dependency.id)
        }
        try prefetch(wanted)
    }
}
