/// A package has more candidates than a solve takes.
package struct CandidateLimitError: Error, Hashable, Sendable, CustomStringConvertible {
    package let package: PackageName
    /// How many there are.
    package let count: Int
    /// How many are taken.
    package let limit: Int

    package var description: String { "\(package) has \(count) versions; at most \(limit) are taken" }
}
