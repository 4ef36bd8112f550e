package import Objects

/// One file in a `.kc` file.
package struct ContainerEntry: Hashable, Sendable {
    /// Where it stands in the capsule.
    package let path: TreePath
    /// Whether its owner may execute it.
    package let mode: FileMode
    /// How many bytes its content has.
    package let size: Int
    /// The checksum of its content.
    package let sha256: SHA256Digest
}

extension ContentDigest {
    /// The digest of files that stand in bytewise path order.
    init(of files: [ContainerEntry]) throws(AmxError) {
        let builder = Builder()
        for file in files {
            try builder.add(mode: file.mode, path: file.path, length: UInt64(clamping: file.size), content: file.sha256)
        }
        self = builder.finish()
    }
}
