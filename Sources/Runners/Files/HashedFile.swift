import Capsules
import Glibc
import Objects

/// A file whose content somebody has said by its hash.
struct HashedFile: Hashable, Sendable {
    let path: String
    /// The folder in which no symbolic link is followed on the way to it: one leads elsewhere in the sandbox than it does here.
    let folder: String?
    let digest: SHA256Digest

    /// What the file system says of a file: while it says the same, and it changed long enough ago, the content is the same.
    struct Stamp: Hashable, Sendable {
        fileprivate let device: UInt64
        fileprivate let inode: UInt64
        fileprivate let size: Int
        /// Seconds and nanoseconds of the last change of content, and of anything.
        fileprivate let times: [Int]

        /// How long ago the last change must be: two within one tick of a file system's clock leave the same times.
        private static let settlingSeconds = 3

        fileprivate init?(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int(status.st_size)
            times = [
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            guard now.tv_sec - status.st_ctim.tv_sec > Self.settlingSeconds else { return nil }
        }
    }

    /// Compares the content with the hash, unless `stamp` shows that it is one that was compared; gives the stamp to ask with the next time,
    /// nil where the file has changed too short a time ago. `task` is what cannot be done with another content.
    ///
    /// `.verification` where it has another content, or is not there.
    @discardableResult
    func verify(_ task: String, since stamp: Stamp? = nil) throws(AmxError) -> Stamp? {
        let found: (digest: SHA256Digest, stamp: Stamp?)?
        do throws(AmxError) { found = try content(since: stamp) } catch {
            throw AmxError(.verification, "\(task): \(error.message)", hint: error.hint)
        }
        guard found?.digest == digest else {
            let shown = folder.map { String(path.dropFirst($0.count + 1)) } ?? path
            throw AmxError(
                .verification,
                "\(task): \(shown) has the hash \(found.map { "sha256:\($0.digest)" } ?? "of no file")"
                    + ", the manifest says sha256:\(digest)",
                hint: "install the capsule anew; if the change is yours, write the new hash into the manifest")
        }
        return found?.stamp
    }

    /// The hash of what is there; nil where there is no regular file.
    private func content(since stamp: Stamp?) throws(AmxError) -> (digest: SHA256Digest, stamp: Stamp?)? {
        if let folder {
            var parent = Directory.parent(of: path)
            while parent.utf8.count > folder.utf8.count {
                guard Directory.isFolder(parent) else { return nil }
                parent = Directory.parent(of: parent)
            }
        }
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK | (folder == nil ? 0 : O_NOFOLLOW))
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw AmxError.notRegular(path) }
        let present = Stamp(status)
        if let present, present == stamp { return (digest, present) }
        let hasher = SHA256Hasher()
        var position = 0
        while true {
            let bytes = try file.read(at: position, count: 1 << 18)
            if bytes.isEmpty { return (hasher.finish(), present) }
            hasher.update(bytes)
            position += bytes.count
        }
    }
}
