package import Objects

/// The releases of one repository as they were read last, in a file that spares opening the repository.
///
/// Derived: a table that is missing, damaged, of another capsule or made under other limits counts for nothing. It is replaced by rename
/// and carries a checksum, so any number of processes may write it. Format: `docs/resolution.md`, "The table".
package struct ReleaseTable: Sendable, Hashable {
    static let magic = Array("AMXRLS1\n".utf8)
    /// The largest table that is looked at, in bytes.
    static let limit = 1 << 28

    /// What the reference files were like; nil where they had changed too recently to tell, or hold loose references.
    package let stamp: RefFilesStamp?
    /// The releases, in the order in which they were given.
    package let releases: [Release]
    let id: CapsuleID
    let limits: Limits

    /// Makes a table of what was read.
    package init(of id: CapsuleID, limits: Limits, stamp: RefFilesStamp?, releases: [Release]) {
        self.id = id
        self.limits = limits
        self.stamp = stamp
        self.releases = releases
    }

    /// Reads the table at a path; nil where there is none that can be used.
    package init?(at path: String, of id: CapsuleID, limits: Limits = .standard) {
        let table = try? FileContent.withMapped(path, limit: Self.limit) { bytes throws(AmxError) in
            ReleaseTable(decoding: bytes, of: id, limits: limits)
        }
        guard let table = table ?? nil else { return nil }
        self = table
    }

    /// Replaces the file at a path; a failure is nobody's concern, and a table that could not be read again is not written.
    package func write(to path: String) {
        if let bytes = encoded { AtomicFile.writeDerived(bytes, to: path) }
    }
}
