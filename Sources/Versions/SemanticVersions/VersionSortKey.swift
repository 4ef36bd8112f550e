/// A version's place in the order, packed so that most comparisons are one of integers.
///
/// 21 bits each for major, minor and patch, then one bit that is set for releases. A number that does not fit is saturated, so
/// keys never contradict the order of the versions: they may only be equal where the versions are not, and then the
/// versions themselves are compared.
struct VersionSortKey: Sendable {
    /// A place in the packed numbers.
    enum Part: UInt64 {
        case patch = 1
        case minor = 22
        case major = 43
    }

    private static let limit: UInt64 = (1 << 21) - 1

    let bits: UInt64
    /// Whether equal keys mean equal versions: a release whose numbers all fit.
    let isExact: Bool
    private let version: SemanticVersion

    init(_ version: SemanticVersion) {
        self.version = version
        var bits: UInt64 = 0
        var isSaturated = false
        func add(_ number: DecimalNumber) {
            // What follows a saturated number is saturated too, or a key could be above that of a higher version.
            let value = isSaturated ? Self.limit : min(number.value ?? Self.limit, Self.limit)
            isSaturated = isSaturated || value == Self.limit
            bits = bits << 21 | value
        }
        add(version.major)
        add(version.minor)
        add(version.patch)
        self.bits = bits << 1 | (isSaturated || !version.isPrerelease ? 1 : 0)
        isExact = !isSaturated && !version.isPrerelease
    }

    /// The bits of a release whose numbers all fit with room above each; nil for other versions.
    static func plainBits(of version: SemanticVersion) -> UInt64? {
        guard !version.isPrerelease, let major = version.major.value, let minor = version.minor.value,
            let patch = version.patch.value, max(major, minor, patch) < limit - 1
        else { return nil }
        return major << Part.major.rawValue | minor << Part.minor.rawValue | patch << Part.patch.rawValue | 1
    }

    /// The bits below those of all releases that have a higher number at a place than the version of some plain bits.
    static func nextBits(after bits: UInt64, _ part: Part) -> UInt64 {
        ((bits >> part.rawValue) + 1) << part.rawValue
    }
}

extension VersionSortKey: Comparable {
    static func == (left: VersionSortKey, right: VersionSortKey) -> Bool {
        left.bits == right.bits && (left.isExact || left.version == right.version)
    }

    static func < (left: VersionSortKey, right: VersionSortKey) -> Bool {
        left.bits == right.bits ? !left.isExact && left.version < right.version : left.bits < right.bits
    }
}
