package import Objects

/// A file that differs between two sides; with both a `from` and a `to` at different paths it was moved.
package struct ChangedFile: Sendable, Hashable {
    /// The file before; nil when it is new.
    package let from: FileEntry?
    /// The file afterwards; nil when it is gone.
    package let to: FileEntry?
    /// Of a file that was moved, how much of its content stayed, in percent.
    package let similarity: Int?

    /// Makes a change; nil when there is no file on either side.
    package init?(_ from: FileEntry?, _ to: FileEntry?, similarity: Int? = nil) {
        guard from != nil || to != nil else { return nil }
        (self.from, self.to, self.similarity) = (from, to, similarity)
    }

    /// The path afterwards, or before where it is gone.
    package var path: TreePath? { to?.path ?? from?.path }

    /// What happened to the file.
    package var operation: ChangeOperation {
        guard let from, let to else { return ChangeOperation(hadValue: from != nil, hasValue: to != nil) }
        return from.path == to.path ? .update : .move
    }
}
