package import Objects

/// What was counted of the contents of releases, by the ids of their trees: a file that spares opening repositories.
///
/// Derived: a table that is missing or damaged counts for nothing. What it says of a tree holds for ever, but anybody who may write
/// the file may have written it, so it serves to tell what would come and never decides about what has come. It is replaced by rename
/// and carries a checksum, so any number of processes may write it. Format: `docs/resolution.md`, "What releases contain".
package struct ContentTable: Sendable {
    /// What is known of one tree.
    package struct Entry: Sendable, Hashable {
        /// The content's digest.
        package let digest: ContentDigest
        /// What its files have together, in bytes.
        package let size: UInt64
        /// The bytes of `manifest.json`; their own id says whether they are those that were asked for.
        package let manifest: [UInt8]

        /// Describes a tree.
        package init(digest: ContentDigest, size: UInt64, manifest: [UInt8]) {
            (self.digest, self.size, self.manifest) = (digest, size, manifest)
        }

        /// What it takes in a file.
        var byteCount: Int { ObjectID.byteCount + SHA256Digest.byteCount + 8 + 4 + manifest.count }
    }

    static let magic = Array("AMXCNT2\n".utf8)
    /// The largest table that is read or written, in bytes.
    package static let limit = 8 << 20

    /// The entries in the order of the file.
    package private(set) var trees: [ObjectID] = []
    private var entries: [ObjectID: Entry] = [:]

    /// Starts with nothing.
    package init() {}

    package subscript(tree: ObjectID) -> Entry? { entries[tree] }

    /// Adds what is known of a tree.
    package mutating func add(_ entry: Entry, of tree: ObjectID) {
        if entries.updateValue(entry, forKey: tree) == nil { trees.append(tree) }
    }

    /// Reads the table at a path; nil where there is none that can be used.
    package init?(at path: String) {
        let table = try? FileContent.withMapped(path, limit: Self.limit) { bytes throws(AmxError) in
            ContentTable(decoding: bytes)
        }
        guard let table = table ?? nil else { return nil }
        self = table
    }

    /// Reads a file's bytes; nil for what no table has. Nothing in the bytes is trusted.
    init?(decoding bytes: UnsafeRawBufferPointer) {
        guard var cursor = TableCursor(of: bytes, startingWith: Self.magic) else { return nil }
        while !cursor.isAtEnd {
            guard let tree = cursor.objectID(), let digest = cursor.contentDigest(), let size = cursor.wide(),
                let count = cursor.number(), let manifest = cursor.take(count)
            else { return nil }
            add(Entry(digest: digest, size: size, manifest: [UInt8](manifest)), of: tree)
        }
    }

    /// The file's bytes: the entries of `first`, then all others, as far as there is room.
    package func encoded(first: Set<ObjectID>) -> [UInt8] {
        var bytes = Self.magic
        let order = trees.filter(first.contains) + trees.filter { !first.contains($0) }
        for tree in order {
            guard let entry = entries[tree],
                bytes.count + entry.byteCount + TableCursor.checksumBytes <= Self.limit
            else { continue }
            bytes += tree.bytes
            bytes += entry.digest.sha256.bytes
            LittleEndian.append(entry.size, to: &bytes)
            LittleEndian.append(UInt32(clamping: entry.manifest.count), to: &bytes)
            bytes += entry.manifest
        }
        TableCursor.finish(&bytes)
        return bytes
    }
}
