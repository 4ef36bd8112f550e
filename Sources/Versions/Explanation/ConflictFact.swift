/// One thing that a conflict rests on.
package struct ConflictFact: Hashable, Sendable {
    /// Who says it.
    package enum Cause: Hashable, Sendable {
        /// The workspace requires the target; with the place where that is written.
        case workspace(place: String?)
        /// These versions of a package require the target.
        case package(PackageName, versions: VersionRuns)
        /// The target's version is locked.
        case locked
        /// The target's version was chosen before.
        case chosen
        /// The versions of the target cannot be used, with the reason.
        case unusable(String)
    }

    package let cause: Cause
    /// Nil for what is locked, chosen or unusable.
    package let kind: PackageRequirement.Kind?
    package let target: PackageName
    /// The constraint as it is written; for what is locked, chosen or unusable, the versions.
    package let constraint: String
    /// Who alone may answer.
    package let source: String?
    /// The versions of the target that will do, or for unusable ones those that will not.
    package let versions: VersionRuns
    /// Why none will do, where the target alone says it: nothing in the bounds, only pre-releases, withdrawn, unknown.
    package let emptiness: String?
}
