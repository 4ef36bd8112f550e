/// One condition on a version: an operator and, but for `latest`, the version that it compares with.
package struct VersionComparator: Hashable, Sendable {
    /// The operators of a constraint (seed 000, "Version Constraint Resolution").
    package enum Operator: String, Hashable, Sendable, CaseIterable {
        case equal = "="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        /// The same minor version: `~1.2.3` is `>=1.2.3 <1.3.0`.
        case tilde = "~"
        /// The same leftmost number that is not zero: `^0.2.3` is `>=0.2.3 <0.3.0`.
        case caret = "^"
        /// The highest release, found when it is installed.
        case latest
    }

    package let `operator`: Operator
    /// Nil exactly for `latest`.
    package let version: SemanticVersion?

    /// The highest release.
    package static let latest = VersionComparator(.latest, nil)

    init(_ operator: Operator, _ version: SemanticVersion?) {
        self.operator = `operator`
        self.version = version
    }
}

extension VersionComparator {
    /// A number that equal comparators have in common, and others rarely have.
    var fingerprint: UInt64 {
        var fingerprint =
            UInt64(self.operator.rawValue.utf8.first ?? 0) << 1 | UInt64(self.operator.rawValue.utf8.count)
        guard let version else { return fingerprint }
        fingerprint = fingerprint &* 31 &+ (version.major.value ?? .max)
        fingerprint = fingerprint &* 31 &+ (version.minor.value ?? .max)
        fingerprint = fingerprint &* 31 &+ (version.patch.value ?? .max)
        return fingerprint &* 31 &+ UInt64(version.prerelease.count)
    }
}

extension VersionComparator: CustomStringConvertible {
    package var description: String {
        var text = self.operator.rawValue
        if let version { text += version.text }
        return text
    }
}
