package import Objects

/// What a working form holds at one moment.
package struct WorkingContent: Sendable {
    /// The files, in bytewise path order; they keep the tree rules.
    package let files: [WorkingFile]
    /// Files and folders that `.amxignore` leaves out, relative to the capsule.
    package let ignored: [String]
    /// The bytes of files that do not lie there, or not as they are meant.
    package let overlay: [TreePath: [UInt8]]

    init(files: [WorkingFile], ignored: [String], overlay: [TreePath: [UInt8]] = [:]) {
        (self.files, self.ignored, self.overlay) = (files, ignored, overlay)
    }

    /// The content with a file's bytes in place of what lies there.
    func replacing(_ path: TreePath, by bytes: [UInt8]) throws(AmxError) -> WorkingContent {
        let hashes = try StatCache.Hashes(of: bytes)
        let file = WorkingFile(
            path: path, mode: .regular, size: bytes.count, id: hashes.id, sha256: hashes.sha256)
        var files = files.filter { $0.path != path }
        files.insert(file, at: files.firstIndex { path < $0.path } ?? files.endIndex)
        return WorkingContent(files: files, ignored: ignored, overlay: overlay.merging([path: bytes]) { $1 })
    }

    /// The capsule's digest.
    package func digest() throws(AmxError) -> ContentDigest {
        let builder = ContentDigest.Builder()
        for file in files {
            try builder.add(mode: file.mode, path: file.path, length: UInt64(file.size), content: file.sha256)
        }
        return builder.finish()
    }

    /// The entries that the files have in a tree.
    package var entries: [FileEntry] { files.map(\.entry) }
}
