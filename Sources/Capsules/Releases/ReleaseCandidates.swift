package import Objects
package import Versions

/// Lets the solver choose among releases, wherever they are known from.
///
/// Lazy by package: nothing is asked of the sources about a capsule that no requirement leads to. For one thread at a time, as a
/// ``Versions/Catalogue`` uses it.
package final class ReleaseCandidates: CandidateSource {
    /// Says who alone may answer a dependency of a release that `source` offers, as in ``Versions/PackageRequirement/source``; nil for anybody.
    ///
    /// Asked for every dependency, those that pin an owner themselves included.
    package typealias Pin = (_ dependency: Dependency, _ source: String) -> String?

    private struct Key: Hashable {
        let source: String
        /// Of the version: its equality does not see build metadata.
        let text: String
    }

    private struct Package {
        var candidates: [Candidate] = []
        var releases: [Key: Release] = [:]

        mutating func add(_ offer: OfferedReleases) {
            for release in offer.releases {
                let key = Key(source: offer.source, text: release.version.text)
                guard releases[key] == nil else { continue }
                releases[key] = release
                candidates.append(Candidate(release.version, source: offer.source, isYanked: release.isYanked))
            }
        }
    }

    private let sources: [any ReleaseSource]
    private let pin: Pin
    private var packages: [PackageName: Package] = [:]

    /// Asks all of `sources`; where two offer the same version under the same name of a source, the first one counts.
    package init(_ sources: [any ReleaseSource], pin: @escaping Pin = { _, _ in nil }) {
        self.sources = sources
        self.pin = pin
    }

    package var hasManifestsAtHand: Bool { true }

    package func candidates(of package: PackageName) throws -> [Candidate] { try known(package).candidates }

    package func manifest(
        of package: PackageName, _ candidate: Candidate, at ordinal: Int
    ) throws -> CandidateManifest {
        guard let release = try release(of: package, candidate) else {
            return .unusable("no such release is known")
        }
        if let problem = release.problem { return .unusable(problem) }
        return .requirements(release.dependencies.compactMap { requirement($0, of: candidate.source) })
    }

    package func prefetchCandidates(of packages: [PackageName]) {
        let unknown = packages.filter { self.packages[$0] == nil }
        let ids = unknown.compactMap { try? CapsuleID($0.id) }
        for source in sources { source.prefetch(ids) }
    }

    /// The release behind a candidate; nil for one that did not come from here.
    package func release(of package: PackageName, _ candidate: Candidate) throws(AmxError) -> Release? {
        try known(package).releases[Key(source: candidate.source, text: candidate.version.text)]
    }

    private func known(_ name: PackageName) throws(AmxError) -> Package {
        if let known = packages[name] { return known }
        var package = Package()
        if let id = try? CapsuleID(name.id) {
            for source in sources {
                for offer in try source.releases(of: id) { package.add(offer) }
            }
        }
        packages[name] = package
        return package
    }

    /// What a dependency asks; nil for one that only whoever develops the capsule has.
    private func requirement(_ dependency: Dependency, of source: String) -> PackageRequirement? {
        let kind: PackageRequirement.Kind
        switch dependency.kind {
        case .required: kind = .required
        case .peer: kind = .peer
        case .optional: kind = .optional
        case .development: return nil
        }
        return PackageRequirement(
            PackageName(dependency.id.string), .constraint(dependency.constraint), kind: kind,
            source: pin(dependency, source))
    }
}
