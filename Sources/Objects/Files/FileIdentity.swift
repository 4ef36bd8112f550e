import CLinux

/// Which file it is, whatever its name: its device and inode.
///
/// Asking for it leaves the file's times alone. Linux writes the times of a file anew at the next write after somebody looked at them, and a
/// file that is synced after every write then waits for its inode as well.
package struct FileIdentity: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64

    /// The file that a path leads to; nil when there is none.
    package init?(_ path: String) { self.init(-1, path) }

    /// An open file.
    package init?(descriptor: Int32) { self.init(descriptor, nil) }

    private init?(_ descriptor: Int32, _ path: String?) {
        var (device, inode): (UInt64, UInt64) = (0, 0)
        guard amx_file_identity(descriptor, path, &device, &inode) == 0 else { return nil }
        (self.device, self.inode) = (device, inode)
    }
}
