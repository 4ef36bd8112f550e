/// A requirement that only somebody else than the named source could answer: which is not allowed.
package struct Denial: Hashable, Sendable {
    /// Who requires it; nil for the workspace.
    package let dependent: PackageName?
    package let requirement: PackageRequirement
    /// Who has versions that would do.
    package let offeredBy: [String]
}
