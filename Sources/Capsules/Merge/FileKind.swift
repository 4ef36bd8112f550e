/// How the versions of a file are merged.
package enum FileKind: Sendable, Hashable {
    /// Strict JSON, by key.
    case json(JSONMergePolicy)
    /// `amx.lock`, by capsule.
    case lock
    /// YAML, by key.
    case yaml(JSONMergePolicy)
    /// By row; the width is what the manifest declares.
    case rows(RowFormat, width: Int?)
    /// By line where it is text, else as a whole.
    case other
}
