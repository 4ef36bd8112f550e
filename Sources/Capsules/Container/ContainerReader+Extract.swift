package import Objects

extension ContainerReader {
    /// Unpacks all files into a new directory, which appears at `directory` whole, verified and durable, or not at all.
    ///
    /// `directory` must be missing, in an existing folder, or an empty directory (else `.conflict`). The archive is compared with the index,
    /// the limits and the tree rules while it is written under a temporary name beside the target. Where `expected` is given and is not the
    /// archive's digest, the error is `.verification`. Modes are 0666 and 0777 less the umask.
    @discardableResult
    package func extract(
        to directory: String, expecting expected: ContentDigest? = nil
    ) throws(AmxError) -> ContainerContents {
        let tree = try UnpackedTree(for: directory)
        let contents = try forEachFile { file throws(AmxError) in
            try tree.add(file.path, mode: file.mode, content: file.content)
        }
        if let expected, contents.digest != expected {
            throw AmxError(
                .verification, "cannot unpack \(path): its digest is \(contents.digest), not \(expected)",
                hint: "the file is not the capsule that was asked for")
        }
        try tree.publish()
        return contents
    }
}
