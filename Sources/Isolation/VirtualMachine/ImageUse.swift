import CLinux
import Glibc
import Objects

/// The hold that a process has of an image that it goes on from: nobody removes one that is held.
///
/// It is a shared lock on the image's folder, which no sandbox sees, and whose time of change says when the image was last taken hold of.
/// Not for use by several threads at once.
final class ImageUse {
    private let folder: OpenFile
    /// When the folder's time was set, in nanoseconds of the monotonic clock.
    private var marked: Int64 = 0
    private static let day: Int64 = 86_400_000_000_000

    /// Takes hold of the image in a folder; nil where there is none, or it is just being removed.
    ///
    /// `.denied` where others may write the folder.
    init?(of path: String) throws(AmxError) {
        guard let folder = try OpenFile.existing(path) else { return nil }
        let status = try folder.status()
        guard Self.isOwn(status, S_IFDIR) else {
            throw AmxError(
                .denied, "\(path) is not a folder that only this user may write",
                hint: "remove \(Directory.parent(of: path))")
        }
        guard amx_flock_try(folder.descriptor, 0) == 0 else {
            guard errno == EWOULDBLOCK else { throw AmxError.system("cannot lock \(path)") }
            return nil
        }
        // Who had the lock before may have removed it.
        var present = stat()
        guard lstat(path, &present) == 0, present.st_dev == status.st_dev, present.st_ino == status.st_ino else {
            return nil
        }
        self.folder = folder
        mark()
    }

    /// Whether something is of a kind and only this user may write it.
    static func isOwn(_ status: stat, _ type: mode_t) -> Bool {
        status.st_mode & S_IFMT == type && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }

    /// Says that it is still used; a day later is soon enough.
    func mark() {
        let now = MonotonicClock.nanoseconds()
        guard marked == 0 || now - marked > Self.day else { return }
        marked = now
        // Where that fails, the image is made anew some day.
        _ = futimens(folder.descriptor, nil)
    }
}
