package import Objects

/// What a `.kc` file holds, as found by reading all of it or as just written.
package struct ContainerContents: Hashable, Sendable {
    /// The capsule's identity.
    package let digest: ContentDigest
    /// All files in bytewise path order.
    package let files: [ContainerEntry]
    /// The size of the `.kc` file.
    package let fileSize: Int
}
