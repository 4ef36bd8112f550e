import Versions

/// How a capsule's version moved.
package struct VersionChange: Sendable, Hashable {
    /// The part of the version that moved.
    package enum Step: String, Sendable, Hashable {
        case major
        case minor
        case patch
        case prerelease
        /// Only the build metadata.
        case build
        /// To a lower version.
        case downgrade
        /// One of the two is no version.
        case unknown
    }

    /// The version before, as written; nil where there was none.
    package let old: String?
    /// The version afterwards, as written; nil where there is none.
    package let new: String?
    /// What moved.
    package let step: Step
    /// Whether those who ask for `^old` would not take the new version.
    package let isIncompatible: Bool

    /// Compares two versions; nil when they are the same text.
    init?(_ old: String?, _ new: String?) {
        guard old.map({ Array($0.utf8) }) != new.map({ Array($0.utf8) }) else { return nil }
        (self.old, self.new) = (old, new)
        guard let first = old.flatMap({ SemanticVersion($0) }), let second = new.flatMap({ SemanticVersion($0) }) else {
            (step, isIncompatible) = (.unknown, false)
            return
        }
        step = Self.step(first, second)
        let leads = { (version: SemanticVersion) -> [DecimalNumber] in
            if version.major != DecimalNumber(0) { return [version.major] }
            if version.minor != DecimalNumber(0) { return [version.major, version.minor] }
            return [version.major, version.minor, version.patch]
        }
        isIncompatible = step != .downgrade && leads(first) != leads(second)
    }

    private static func step(_ old: SemanticVersion, _ new: SemanticVersion) -> Step {
        if new < old { return .downgrade }
        if new.major != old.major { return .major }
        if new.minor != old.minor { return .minor }
        if new.patch != old.patch { return .patch }
        return new == old ? .build : .prerelease
    }
}
