/// What git refuses in `.gitattributes` files since 2.39.1: very long lines crash older versions.
enum GitAttributes {
    /// The length from which git ignores a line and its fsck calls it an error.
    private static let lineBytes = 2048

    /// Whether some file system may take a name for `.gitattributes`, short names of NTFS included.
    static func isName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let first = name.first, first == UInt8(ascii: ".") || first | 0x20 == UInt8(ascii: "g") else {
            return false
        }
        let lower = name.lazy.map { TreeRules.lowercase($0) }
        return lower.elementsEqual(".gitattributes".utf8)
            || (name.count == 8 && lower.starts(with: "gi".utf8) && name.contains(UInt8(ascii: "~")))
    }

    /// Throws when a file's content is one that git's fsck calls an error.
    static func check(_ content: UnsafeRawBufferPointer, id: ObjectID) throws(AmxError) {
        for line in content.split(separator: 0x0A) where line.count >= lineBytes {
            throw PackRefusal.object(
                id, .blob, "a line of .gitattributes has \(line.count) bytes: git allows \(lineBytes - 1)")
        }
    }
}
