import Glibc

/// One of git's `.lock` files, held until its owner goes.
///
/// The file carries a mark, so that one left behind by a killed Amx process is known from one that git holds: with the
/// store's own lock taken, a marked file can only be stale.
final class RefLock {
    private static let mark = Array("amx lock\n".utf8)
    private let path: String

    /// Creates `path`, waiting while another tool holds it; `.conflict` after `timeout` seconds.
    ///
    /// The caller holds the store's own lock.
    init(_ path: String, timeout: Double) throws(AmxError) {
        var waited = 0.0
        while true {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
            if descriptor >= 0 {
                self.path = path
                _ = Self.mark.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                close(descriptor)
                return
            }
            if errno == ENOENT {
                try Directory.create(Directory.parent(of: path))
                continue
            }
            guard errno == EEXIST else { throw AmxError.system("cannot lock \(path)") }
            if try FileContent.read(path, limit: 1 << 30) == Self.mark {
                unlink(path)
                continue
            }
            guard waited < timeout else {
                throw AmxError(
                    .conflict, "cannot change references: \(path) exists",
                    hint: "another git process may be at work; if none is, remove the file")
            }
            usleep(5_000)
            waited += 0.005
        }
    }

    deinit { unlink(path) }
}
