package import Objects

/// The kinds of files that hold one row for each text, picture or record.
package enum RowFormat: String, Sendable, Hashable, CaseIterable {
    /// Little-endian 32-bit floats and nothing else; the manifest declares how many make a row.
    case floats = "f32"
    /// NumPy's format, with its own header.
    case numpy = "npy"
    /// One JSON value a line.
    case jsonLines = "jsonl"

    /// The format that a file's name says; nil for every other file.
    package init?(of path: TreePath) {
        guard
            let format = Self.allCases.first(where: { path.name.utf8.suffix($0.suffix.count).elementsEqual($0.suffix) })
        else { return nil }
        self = format
    }

    private var suffix: [UInt8] { Array(".\(rawValue)".utf8) }
}
