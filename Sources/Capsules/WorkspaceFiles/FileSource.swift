import Objects

/// A `.kc` file that a capsule is installed from, as `amx.json` and `amx.lock` name it: `./` and a path below the workspace's root.
///
/// So what is written is the same in every copy of the workspace. A file among the workspace's own travels with them; one in
/// ``keptFolder`` is this copy's alone.
package struct FileSource: Sendable, Hashable {
    /// The folder of copies of files from elsewhere, below the root.
    package static let keptFolder = ".aimatrix/files"
    /// The longest text, in bytes.
    package static let byteCount = 1024
    private static let ending = ".kc"

    /// The text, such as `./vendor/product-catalog.kc`.
    package let text: String
    /// The path below the root, such as `vendor/product-catalog.kc`.
    package var path: String { String(decoding: text.utf8.dropFirst(2), as: UTF8.self) }
    /// Whether it is a copy that this workspace keeps for itself.
    package var isKept: Bool { path.utf8.starts(with: "\(Self.keptFolder)/".utf8) }

    /// Reads the text; nil for any other address.
    package init?(_ text: String) {
        guard text.utf8.starts(with: "./".utf8) else { return nil }
        self.init(path: String(decoding: text.utf8.dropFirst(2), as: UTF8.self))
    }

    /// Names a file by its path below the root; nil for what is no `.kc` file's, or no path of a tree. Only the folder of copies has a
    /// name that a tree cannot have.
    package init?(path: String) {
        let kept = "\(Self.keptFolder)/".utf8
        let rest = path.utf8.starts(with: kept) ? path.utf8.dropFirst(kept.count) : path.utf8[...]
        let name = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? rest
        guard path.utf8.count + 2 <= Self.byteCount, name.count > Self.ending.utf8.count,
            name.suffix(Self.ending.utf8.count).elementsEqual(Self.ending.utf8),
            (try? TreePath(String(decoding: rest, as: UTF8.self))) != nil
        else { return nil }
        text = "./\(path)"
    }
}
