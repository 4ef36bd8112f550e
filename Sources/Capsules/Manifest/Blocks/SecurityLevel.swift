/// How much harm a capsule or a tool can do, by its own account (seed 001; rows U-010 to U-013), from the least to the most.
///
/// A manifest only *declares* a level. The one that counts is the higher of it and of what is derived from the content.
package enum SecurityLevel: String, Hashable, Sendable, CaseIterable, Comparable {
    case safe = "SAFE"
    case moderate = "MODERATE"
    case restricted = "RESTRICTED"
    case dangerous = "DANGEROUS"

    package static func < (left: SecurityLevel, right: SecurityLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .safe: 0
        case .moderate: 1
        case .restricted: 2
        case .dangerous: 3
        }
    }
}
