import Glibc
import Objects

/// The content digest of a folder, computed here from nothing but its files.
enum FolderDigest {
    /// Hashes all files but those of git's own folder.
    static func digest(of folder: String) throws(AmxError) -> ContentDigest {
        var paths: [TreePath] = []
        try collect(folder, prefix: "", into: &paths)
        let builder = ContentDigest.Builder()
        for path in paths.sorted() {
            let file = try OpenFile("\(folder)/\(path.string)", O_RDONLY | O_NOFOLLOW)
            let bytes = try file.readToEnd()
            try builder.add(
                mode: FileMode(permissions: file.status().st_mode), path: path, length: UInt64(bytes.count),
                content: SHA256Hasher.hash(of: bytes))
        }
        return builder.finish()
    }

    private static func collect(_ folder: String, prefix: String, into paths: inout [TreePath]) throws(AmxError) {
        for name in try Directory.names(in: folder) {
            let text = String(decoding: name, as: UTF8.self)
            if prefix.isEmpty, text == ".git" { continue }
            if Directory.isDirectory("\(folder)/\(text)") {
                try collect("\(folder)/\(text)", prefix: "\(prefix)\(text)/", into: &paths)
            } else {
                paths.append(try TreePath("\(prefix)\(text)"))
            }
        }
    }
}
