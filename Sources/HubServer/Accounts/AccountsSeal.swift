import CLinux
import Glibc
import Objects
import Synchronization

/// The checksum that stands beside the accounts while nobody has them open.
///
/// SQLite has no checksums of its own, so a flipped bit may turn one token's rights into others. Whoever opens the accounts
/// takes a shared lock on `hub.sqlite.users` and removes the seal, durably, before the first write; the last one that closes
/// them, who then gets the lock alone, hashes the file and writes the seal. A process that is killed leaves none. A seal that
/// does not fit stays where it is, so that what has happened is not hidden by the next command. Safe for several threads.
final class AccountsSeal: Sendable {
    private let database: String
    private let users: Mutex<SharedLock?>

    /// Where the checksum stands.
    static func path(of database: String) -> String { "\(database).sha256" }
    /// The file whose lock tells who has the accounts open.
    static func lockPath(of database: String) -> String { "\(database).users" }

    /// Declares that the accounts of a directory are about to be opened, and removes a seal that fits.
    init(breaking directory: DataDirectory) throws(AmxError) {
        database = directory.databasePath
        users = Mutex(try SharedLock(Self.lockPath(of: database)))
        let seal = Self.path(of: database)
        // Whoever else has the accounts open by now may write at any time, but has removed the seal before.
        guard Directory.exists(seal), try Self.fits(database) else { return }
        guard unlink(seal) == 0 || errno == ENOENT else { throw AmxError.system("cannot remove \(seal)") }
        try Directory.sync(directory.path)
    }

    /// Writes the seal when nobody has the accounts open any more; they have been closed here, and `settle` brings all of them
    /// into the main file.
    func renew(_ settle: () throws -> Void) throws {
        guard let lock = users.withLock({ $0.take() }) else { return }
        let seal = Self.path(of: database)
        guard lock.isAlone() else { return }
        try settle()
        guard !Directory.exists(seal), Self.isWhole(database) else { return }
        try AtomicFile.write(Self.text(of: try Self.checksum(database)), to: seal, mode: 0o600)
    }

    /// Whether all that was committed is in the main file.
    static func isWhole(_ database: String) -> Bool {
        var status = stat()
        return stat("\(database)-wal", &status) != 0 || status.st_size == 0
    }

    /// Whether the seal is that of the file.
    static func fits(_ database: String) throws(AmxError) -> Bool {
        let found = try FileContent.read(path(of: database), limit: 1 << 12)
        return found == text(of: try checksum(database))
    }

    /// Runs `body` while no process can open the accounts; nil, without running it, while one has them open.
    static func alone<Result>(with database: String, _ body: () throws -> Result) throws -> Result? {
        // Without the file, nobody has opened them since there are such locks.
        guard Directory.exists(lockPath(of: database)) else { return try body() }
        let file = try OpenFile(lockPath(of: database), O_RDWR | O_NOFOLLOW)
        // Another check, or a command that is closing them, has them for a moment.
        var waited = 0
        while amx_flock_try(file.descriptor, 1) != 0 {
            guard waited < 250 else { return nil }
            usleep(5_000)
            waited += 5
        }
        // Not only by closing it: a process that is just being started has it too.
        defer { amx_flock_release(file.descriptor) }
        return try body()
    }

    private static func text(of checksum: SHA256Digest) -> [UInt8] { Array("\(checksum.hex)\n".utf8) }

    private static func checksum(_ database: String) throws(AmxError) -> SHA256Digest {
        let file = try OpenFile(database, O_RDONLY | O_NOFOLLOW)
        let hasher = SHA256Hasher()
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while case let count = try file.read(into: chunk), count > 0 {
            hasher.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
        return hasher.finish()
    }
}

/// A shared lock on a file, which goes with its owner.
private final class SharedLock: Sendable {
    private let file: OpenFile

    /// Waits while somebody is alone with the file, which takes moments.
    init(_ path: String) throws(AmxError) {
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        var waited = 0
        while amx_flock_try(file.descriptor, 0) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw AmxError.system("cannot lock \(path)") }
            guard waited < 10_000 else {
                throw AmxError(
                    .conflict, "cannot open the accounts: another process holds \(path)",
                    hint: "wait for it to end and run the command again")
            }
            usleep(5_000)
            waited += 5
        }
        self.file = file
    }

    /// Lets it go also for a process that is just being started, which has the file too.
    deinit { amx_flock_release(file.descriptor) }

    /// Whether the lock could be made an exclusive one.
    func isAlone() -> Bool { amx_flock_try(file.descriptor, 1) == 0 }
}
