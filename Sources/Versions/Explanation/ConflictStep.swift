/// A conclusion of a proof: what some facts, together with the steps before, leave of a package.
package struct ConflictStep: Hashable, Sendable {
    /// The facts it rests on, by index in ``Conflict/facts``.
    package let facts: [Int]
    /// The package that they speak of.
    package let package: PackageName
    /// What is left of it.
    package let left: VersionRuns
    /// The line of a report.
    package let text: String
}
