/// One version of everything that a workspace needs.
package struct Resolution: Hashable, Sendable {
    /// By name.
    package let packages: [ResolvedPackage]
    /// The optional requirements that could not be met, by target and dependent.
    package let dropped: [DroppedOptional]
    /// What is locked, is not to be updated, and could not stay; by name. No smaller set of moves would do.
    package let moves: [Move]

    /// The version of a package.
    package func version(of name: PackageName) -> SemanticVersion? {
        packages.first { $0.name == name }?.candidate.version
    }
}
