import CLinux
import Glibc
import Objects

/// The hold that a process has of an image that it goes on from: nobody removes one that is held.
///
/// It is a shared lock on the image's file, whose time of change says when the image was last taken hold of. Not for use by several threads
/// at once.
final class ImageUse {
    private let file: OpenFile
    /// When the file's time was set, in nanoseconds of the monotonic clock.
    private var marked: Int64 = 0
    private static let day: Int64 = 86_400_000_000_000

    /// Takes hold of the image of a file; nil where it is not there, or is just being removed.
    ///
    /// `.denied` where others may write the file.
    init?(of path: String) throws(AmxError) {
        guard let file = try OpenFile.existing(path) else { return nil }
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw AmxError(
                .denied, "\(path) is not a file that only this user may write",
                hint: "remove \(Directory.parent(of: Directory.parent(of: path)))")
        }
        guard amx_flock_try(file.descriptor, 0) == 0 else {
            guard errno == EWOULDBLOCK else { throw AmxError.system("cannot lock \(path)") }
            return nil
        }
        // Who had the lock before may have removed it.
        var present = stat()
        guard lstat(path, &present) == 0, present.st_dev == status.st_dev, present.st_ino == status.st_ino else {
            return nil
        }
        self.file = file
        mark()
    }

    /// Says that it is still used; a day later is soon enough.
    func mark() {
        let now = MonotonicClock.nanoseconds()
        guard marked == 0 || now - marked > Self.day else { return }
        marked = now
        // Where that fails, the image is made anew some day.
        _ = futimens(file.descriptor, nil)
    }
}
