/// What a repository of a store holds.
///
/// The root of a commit's tree tells: with `amx.json` it is a workspace's, else a capsule's. Both kinds share their owner's
/// names, and a repository never turns from one kind into the other.
package enum RepositoryKind: String, Sendable, Hashable, CaseIterable {
    /// One capsule, with `manifest.json` at the root.
    case capsule
    /// A workspace's own files and events, with `amx.json` at the root.
    case workspace
}
