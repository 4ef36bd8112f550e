package import Objects
package import Versions

/// The versions that an update goes through (row A-077): where a version says from which others it can be reached, `updatesFrom` of its
/// manifest, it is reached from no other.
package struct UpdatePath: Sendable, Hashable {
    /// A version that can be had.
    package struct Station: Sendable, Hashable {
        /// The version.
        package let version: SemanticVersion
        /// The versions from which it can be reached; nil for all.
        package let updatesFrom: VersionConstraint?

        /// Describes a version.
        package init(_ version: SemanticVersion, updatesFrom: VersionConstraint? = nil) {
            (self.version, self.updatesFrom) = (version, updatesFrom)
        }
    }

    /// The versions after the first, to the last; one for an update that goes straight there.
    package let versions: [SemanticVersion]

    /// Finds a way with as few versions as can be, of those the one that gets furthest with each; `.conflict` when there is none.
    ///
    /// Only versions between the two are gone through, and never back. `latest` in a constraint takes any version.
    package init(
        from: SemanticVersion, to: SemanticVersion, through stations: [Station]
    ) throws(AmxError) {
        // Backwards from the end, so that each version knows how far it is; then forwards.
        let (low, high) = (min(from, to), max(from, to))
        var open = stations.filter { $0.version != from && low <= $0.version && $0.version <= high }
        open.sort { from < to ? $1.version < $0.version : $0.version < $1.version }
        guard let end = open.first(where: { $0.version == to }) else { throw Self.none(from, to) }
        open.removeAll { $0.version == to }
        var next: [SemanticVersion: SemanticVersion] = [:]
        var level = [end]
        while !level.isEmpty {
            if let first = level.first(where: { Self.leads(from, to: $0) }) {
                var versions = [first.version]
                while let last = versions.last, let following = next[last] { versions.append(following) }
                self.versions = versions
                return
            }
            var earlier: [Station] = []
            for station in open {
                let target = level.first { target in
                    (station.version < target.version) == (from < to) && Self.leads(station.version, to: target)
                }
                guard let target else { continue }
                next[station.version] = target.version
                earlier.append(station)
            }
            open.removeAll { next[$0.version] != nil }
            level = earlier
        }
        throw Self.none(from, to)
    }

    private static func leads(_ version: SemanticVersion, to station: Station) -> Bool {
        station.updatesFrom?.accepts(version) ?? true
    }

    private static func none(_ from: SemanticVersion, _ to: SemanticVersion) -> AmxError {
        AmxError(
            .conflict, "No update path found from \(from) to \(to)",
            hint:
                "remove the capsule and install \(to), or update to a version that says that it can be reached from \(from)"
        )
    }
}
