package import Capsules
package import Versions

/// An installed capsule that has newer releases, or was withdrawn.
package struct OutdatedCapsule: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// The version that is installed.
    package let version: SemanticVersion
    /// The highest one that everything allows; nil when nothing would ask for it any more.
    package let allowed: SemanticVersion?
    /// The highest release of its place; nil when there is none.
    package let latest: SemanticVersion?
    /// The place that it comes from.
    package let address: String
    /// Whether the installed version was withdrawn.
    package let isYanked: Bool
}
