extension VersionConstraint {
    /// Whether a version will do.
    ///
    /// Build metadata is not looked at. A pre-release will do when the constraint asks for pre-releases, or when a comparator of
    /// the alternative names a pre-release of the same three numbers. `latest` takes any version here: which one is the
    /// highest is only known where versions are looked up.
    package func accepts(_ version: SemanticVersion) -> Bool {
        alternatives.contains { comparators in
            comparators.allSatisfy { $0.accepts(version) }
                && (!version.isPrerelease || prerelease
                    || comparators.contains { $0.operator == .latest || $0.namesPrerelease(beside: version) })
        }
    }
}

extension VersionComparator {
    fileprivate func namesPrerelease(beside other: SemanticVersion) -> Bool {
        guard let version, version.isPrerelease else { return false }
        return version.major == other.major && version.minor == other.minor && version.patch == other.patch
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
