extension VersionConstraint {
    /// Whether a version will do.
    ///
    /// Build metadata is not looked at. A pre-release will do when the constraint asks for pre-releases, or when a comparator of
    /// the alternative names a pre-release of the same three numbers, and then only within the bounds; `<2.0.0` never takes a
    /// pre-release of 2.0.0 unless one is named. `latest` takes any version here: which one is the highest is only known
    /// where versions are looked up (``candidates(in:)``).
    package func accepts(_ version: SemanticVersion) -> Bool {
        alternatives.contains { comparators in
            guard comparators.allSatisfy({ $0.accepts(version) }) else { return false }
            guard version.isPrerelease, comparators != [.latest] else { return true }
            let isNamed = comparators.contains { $0.namesPrerelease(beside: version) }
            return isNamed || prerelease && !comparators.contains { $0.stopsBefore(version) }
        }
    }
}

extension VersionComparator {
    /// Whether the comparator names a pre-release of the same three numbers.
    func namesPrerelease(beside other: SemanticVersion) -> Bool {
        guard let version, version.isPrerelease else { return false }
        return version.hasNumbers(of: other)
    }

    /// Whether the comparator is `<` a release, and the version a pre-release of that.
    fileprivate func stopsBefore(_ other: SemanticVersion) -> Bool {
        guard self.operator == .less, let version, !version.isPrerelease else { return false }
        return version.hasNumbers(of: other)
    }

    fileprivate func accepts(_ found: SemanticVersion) -> Bool {
        guard let version else { return true }
        switch self.operator {
        case .equal: return found == version
        case .greater: return version < found
        case .greaterOrEqual: return !(found < version)
        case .less: return found < version
        case .lessOrEqual: return !(version < found)
        case .tilde: return !(found < version) && found.major == version.major && found.minor == version.minor
        case .caret:
            let zero = SemanticVersion(0, 0, 0)
            guard !(found < version), found.major == version.major else { return false }
            if version.major != zero.major { return true }
            guard found.minor == version.minor else { return false }
            return version.minor != zero.minor || found.patch == version.patch
        case .latest: return true
        }
    }
}

extension SemanticVersion {
    /// Whether major, minor and patch are the same.
    func hasNumbers(of other: SemanticVersion) -> Bool {
        major == other.major && minor == other.minor && patch == other.patch
    }
}
