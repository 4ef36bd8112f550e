/// A package of a solution.
package struct ResolvedPackage: Hashable, Sendable {
    package let name: PackageName
    package let candidate: Candidate
    /// The packages of the solution that need it; the workspace itself is not among them.
    package let dependents: [PackageName]
    /// Whether the workspace requires it.
    package let isRoot: Bool
}
