package import Objects

/// One file that differs, in the vocabulary of row A-140.
package struct FileDifference: Sendable, Hashable {
    /// What changed.
    package let change: ChangedFile
    /// Its path afterwards, or before where it is gone.
    package let path: TreePath
    /// What kind of file it is.
    package let type: ChangeType
    /// How far the change reaches.
    package let scope: ChangeScope
    /// Whether the file before can be had again: it is in a history, or there was none.
    package let isReversible: Bool

    /// What happened to it.
    package var operation: ChangeOperation { change.operation }
    /// Of a file that was moved, its path before.
    package var renamedFrom: TreePath? { operation == .move ? change.from?.path : nil }
    /// Whether the bytes are the same, so that only the path or the mode differs.
    package var isContentSame: Bool { change.from?.id == change.to?.id }
}
