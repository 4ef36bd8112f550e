package import Objects

/// What a working form holds at one moment.
package struct WorkingContent: Sendable {
    /// The files, in bytewise path order; they keep the tree rules.
    package let files: [WorkingFile]
    /// Files and folders that `.amxignore` leaves out, relative to the capsule.
    package let ignored: [String]

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
