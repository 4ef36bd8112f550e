/// A locked version that could not stay.
package struct Move: Hashable, Sendable {
    package let name: PackageName
    package let from: Candidate
    /// Nil when the package is no longer needed at all.
    package let to: Candidate?
    /// What speaks against the locked version, the decisive fact first: with these alone it could not stay.
    package let reasons: [ConflictFact]

    /// Whether the version goes down.
    package var isDowngrade: Bool { to.map { $0.version < from.version } ?? false }
}
