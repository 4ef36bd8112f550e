import Objects

/// A path that a block of the manifest names, with the place where it does.
struct NamedFile: Sendable {
    let file: TreePath
    let place: JSONPath
}
