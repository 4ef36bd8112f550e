/// One file of a capsule's content, by its whole path.
package struct FileEntry: Hashable, Sendable {
    /// Where it stands, checked by the tree rules.
    package var path: TreePath
    /// Whether its owner may execute it.
    package var mode: FileMode
    /// The blob.
    package var id: ObjectID

    /// Makes an entry.
    package init(path: TreePath, mode: FileMode, id: ObjectID) {
        self.path = path
        self.mode = mode
        self.id = id
    }
}
