package import Objects

/// A file of a working form with the hashes of its content.
package struct WorkingFile: Sendable, Hashable {
    /// Its path in the capsule.
    package var path: TreePath
    /// Whether it is executable.
    package var mode: FileMode
    /// Its length in bytes.
    package var size: Int
    /// The id that its content has as a blob.
    package var id: ObjectID
    /// The checksum that goes into the capsule's digest.
    package var sha256: SHA256Digest

    /// The entry that it has in a tree.
    package var entry: FileEntry { FileEntry(path: path, mode: mode, id: id) }
}
