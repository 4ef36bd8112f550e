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
    package var path: String { String(text.dropFirst(2)) }
    /// Whether it is a copy that this workspace keeps for itself.
    package var isKept: Bool { path.hasPrefix("\(Self.keptFolder)/") }

    /// Reads the text; nil for any other address.
    package init?(_ text: String) {
        guard text.hasPrefix("./") else { return nil }
        self.init(path: String(text.dropFirst(2)))
    }

    /// Names a file by its path below the root; nil for what is no `.kc` file's, or leads elsewhere.
    package init?(path: String) {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.utf8.count + 2 <= Self.byteCount, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            let name = components.last, name.hasSuffix(Self.ending), name.utf8.count > Self.ending.utf8.count,
            !components.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
        else { return nil }
        text = "./\(path)"
    }
}
