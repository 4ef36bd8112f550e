package import Objects

/// What a merge of three trees would give; nothing has been written.
package struct MergedTree: Sendable {
    /// The files in bytewise path order; they keep the tree rules.
    package let files: [FileEntry]
    /// The contents that none of the three trees has, by their ids as blobs.
    package let contents: [ObjectID: [UInt8]]
    /// What is left to decide, by path.
    package let conflicts: [MergeConflict]
}
