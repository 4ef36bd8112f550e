import CLinux
import Glibc
package import Objects

/// A user of the system that nobody else is, for as long as this value or a launcher of it lives: what one sandbox runs as where Amx is root.
///
/// A sandbox of root's own would be root to the kernel, whatever its namespaces say. Held by a lock on a file that all processes of Amx
/// on the machine look at. Source: `docs/running.md`, "Slots".
package final class Slot: Sendable {
    /// The first user of all slots: above those that distributions and containers give away.
    static let firstUser: UInt32 = 1_879_100_000
    /// How many slots a machine has.
    static let count: UInt32 = 1_024

    /// Which it is, from 0.
    package let index: UInt32
    /// Its user, and group.
    package var user: UInt32 { Self.firstUser + index }
    /// The empty folder that a launcher of the slot shows a capsule at.
    package let folder: String
    /// What holds it: the slot is taken for as long as anybody has this open, also once this value is gone.
    let lock: Int32

    private init(index: UInt32, folder: String, descriptor: Int32) {
        (self.index, self.folder, lock) = (index, folder, descriptor)
    }

    deinit { close(lock) }

    /// Takes the first free slot below a folder that only root may write, which is made; `.conflict` when all are taken.
    package static func take(in place: String = "/run/amx/slots") throws(AmxError) -> Slot {
        try makeFolder(String(place.prefix(upTo: place.lastIndex(of: "/") ?? place.endIndex)))
        try makeFolder(place)
        for index in 0..<count {
            let descriptor = open("\(place)/\(index).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw AmxError.system("cannot take a slot in \(place)") }
            guard amx_flock_try(descriptor, 1) == 0 else {
                close(descriptor)
                continue
            }
            let folder = "\(place)/\(index)"
            do throws(AmxError) { try makeFolder(folder) } catch {
                close(descriptor)
                throw error
            }
            return Slot(index: index, folder: folder, descriptor: descriptor)
        }
        throw AmxError(
            .conflict, "cannot take a slot in \(place): all \(count) are taken",
            hint: "wait until other runs have ended")
    }

    /// Makes a folder that everybody may pass through and only root may write; one of anybody else is refused.
    private static func makeFolder(_ path: String) throws(AmxError) {
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw AmxError.system("cannot make \(path)") }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw AmxError.system("cannot look at \(path)") }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw AmxError(
                .denied, "\(path) is not a folder that only this user may write",
                hint: "remove it; Amx makes it again")
        }
    }
}
