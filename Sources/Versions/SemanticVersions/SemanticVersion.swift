/// A version by Semantic Versioning 2.0.0, read strictly.
///
/// Equality, hashing and order all follow precedence (section 11), in which build metadata counts for nothing: `1.0.0+a` equals
/// `1.0.0+b`. Compare ``text`` where the spelling matters.
package struct SemanticVersion: Sendable {
    package let major: DecimalNumber
    package let minor: DecimalNumber
    package let patch: DecimalNumber
    /// The identifiers after `-`; empty for a release.
    package let prerelease: [PrereleaseIdentifier]
    /// The identifiers after `+`, without meaning for the order.
    package let build: [String]

    /// Makes a release version.
    package init(_ major: UInt64, _ minor: UInt64, _ patch: UInt64) {
        (self.major, self.minor, self.patch) = (DecimalNumber(major), DecimalNumber(minor), DecimalNumber(patch))
        (prerelease, build) = ([], [])
    }

    init(
        _ numbers: (DecimalNumber, DecimalNumber, DecimalNumber), prerelease: [PrereleaseIdentifier], build: [String]
    ) {
        (major, minor, patch) = numbers
        self.prerelease = prerelease
        self.build = build
    }

    /// Whether the version is a pre-release, which comes before the release of the same numbers.
    package var isPrerelease: Bool { !prerelease.isEmpty }

    /// The version as it was read: strict SemVer has one spelling.
    package var text: String {
        var text = major.digits
        text += "."
        text += minor.digits
        text += "."
        text += patch.digits
        if !prerelease.isEmpty { text += "-" + prerelease.map(\.description).joined(separator: ".") }
        if !build.isEmpty { text += "+" + build.joined(separator: ".") }
        return text
    }
}

extension SemanticVersion: Comparable, Hashable {
    package static func == (left: SemanticVersion, right: SemanticVersion) -> Bool {
        left.major == right.major && left.minor == right.minor && left.patch == right.patch
            && left.prerelease == right.prerelease
    }

    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.major != right.major { return left.major < right.major }
        if left.minor != right.minor { return left.minor < right.minor }
        if left.patch != right.patch { return left.patch < right.patch }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(major)
        hasher.combine(minor)
        hasher.combine(patch)
        if !prerelease.isEmpty { hasher.combine(prerelease) }
    }
}

extension SemanticVersion: CustomStringConvertible {
    package var description: String { text }
}
