import Glibc
package import Objects

/// The releases of one repository as they were read last, in a file that spares opening the repository.
///
/// Derived: a table that is missing, damaged, of another capsule or made under other limits counts for nothing. It is replaced by rename
/// and carries a checksum, so any number of processes may write it. Format: `docs/resolution.md`, "The table".
package struct ReleaseTable: Sendable, Hashable {
    static let magic = Array("AMXRLS3\n".utf8)
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

    /// Notes that what a table says has been found to hold, which its time of change tells.
    static func confirm(_ path: String) { _ = utimensat(AT_FDCWD, path, nil, 0) }

    /// How many seconds ago a table that no reference files stand behind has last been found to hold; nil where there is none.
    package static func age(of path: String) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return max(0, Int64(time(nil)) - Int64(status.st_mtim.tv_sec))
    }
}
