/// A package that a manifest within a capsule asks for, or that a lock file names.
struct DeclaredDependency: Hashable, Sendable {
    let ecosystem: Ecosystem
    let name: String
    /// The version that is named, or the lowest that is asked for.
    let version: String
    /// Whether just this version is meant; else later ones may be taken.
    let isExact: Bool
    /// Where the name stands, from 1.
    let line: Int
}
