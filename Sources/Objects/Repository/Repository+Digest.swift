extension Repository {
    /// The content digest of a tree, computed from the blobs themselves.
    ///
    /// `checksums` carries the SHA-256 of blobs from one call to the next, so that a history costs each blob once.
    package func digest(
        ofTree tree: ObjectID, checksums: inout [ObjectID: (size: Int, sha256: SHA256Digest)]
    ) throws(AmxError) -> ContentDigest {
        let builder = ContentDigest.Builder()
        for file in try files(ofTree: tree) {
            let checksum: (size: Int, sha256: SHA256Digest)
            if let known = checksums[file.id] {
                checksum = known
            } else {
                checksum = try withObject(file.id) { kind, bytes throws(AmxError) in
                    guard kind == .blob else {
                        throw AmxError(
                            .verification, "\(file.path.string) is a \(kind.rawValue), not a file",
                            hint: AmxError.damagedStore)
                    }
                    return (bytes.count, SHA256Hasher.hash(of: bytes))
                }
                checksums[file.id] = checksum
            }
            try builder.add(
                mode: file.mode, path: file.path, length: UInt64(checksum.size), content: checksum.sha256)
        }
        return builder.finish()
    }

    /// The content digest of a tree, computed from the blobs themselves.
    package func digest(ofTree tree: ObjectID) throws(AmxError) -> ContentDigest {
        var checksums: [ObjectID: (size: Int, sha256: SHA256Digest)] = [:]
        return try digest(ofTree: tree, checksums: &checksums)
    }
}
