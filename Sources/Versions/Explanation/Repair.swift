/// A change that makes a request solvable: it was tried.
package struct Repair: Hashable, Sendable {
    /// What to change.
    package enum Change: Hashable, Sendable {
        /// Let the workspace take any version of a package.
        case relax(PackageRequirement)
        /// Let the workspace's requirement take pre-releases.
        case admitPrereleases(PackageRequirement)
        /// Let a locked version move.
        case unlock(PackageName)
    }

    package let change: Change
    /// The version that the package would get; nil when it would no longer be needed.
    package let version: SemanticVersion?
}

extension Repair: CustomStringConvertible {
    package var description: String {
        let end = version.map { ": \($0) would do" } ?? ": it would not be needed"
        switch change {
        case .relax(let requirement):
            return "require another version of \(requirement.package) than \(requirement.accepted)\(end)"
        case .admitPrereleases(let requirement): return "admit pre-releases of \(requirement.package)\(end)"
        case .unlock(let name): return "let \(name) move\(end)"
        }
    }
}
