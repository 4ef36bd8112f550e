import CLinux
import Glibc

/// What has come of one pack, kept beside the quarantine that it came into, with a note of how to ask for the rest.
///
/// The pack is a second name (hard link) of the quarantine's file where the file system allows it, so it costs nothing, grows as the
/// transfer does and outlives whatever ends the process; elsewhere it is a copy. Nothing is fsynced: whoever goes on proves by
/// the digest that the bytes are the right ones. Nothing but ``read(_:)`` fails: a transfer never depends on what is kept.
///
/// ```
/// lock           flock: one transfer at a time
/// tries          a byte for each attempt to go on since it last grew
/// note           what its user noted when the pack began
/// <hash>.pack    the pack that belongs to the note with this hash
/// ```
///
/// Used by one thread.
package final class KeptPack {
    /// Below this many bytes, starting again costs less than keeping.
    package static let leastBytes = 1 << 20

    /// The note that was kept with the pack; nil when there is no pack.
    package private(set) var note: [UInt8]?
    /// How many bytes of the pack there are.
    package private(set) var bytes = 0

    private let path: String
    private let lock: OpenFile
    private var following = Following.nothing

    private enum Following {
        case nothing
        /// Not enough has come yet; the note is for later.
        case waiting([UInt8])
        case linked
        case copying(KeptCopy)
    }

    init(at path: String) throws(AmxError) {
        self.path = path
        try Directory.create(path, mode: 0o700)
        lock = try Self.locked(path)
        load()
    }

    deinit {
        if note == nil, case .nothing = following { Self.empty(path) }
        // Not only by closing it: a process that is just being started has it too.
        amx_flock_release(lock.descriptor)
    }

    // MARK: What is kept

    /// The length and the digest of what is kept; nil when there is nothing, or it cannot be read.
    package func prefix() -> PackPrefix? {
        guard bytes > 0 else { return nil }
        let hasher = SHA256Hasher()
        guard (try? read { piece throws(AmxError) in hasher.update(piece) }) != nil else { return nil }
        return PackPrefix(bytes: bytes, digest: hasher.finish())
    }

    /// Counts an attempt to go on; false when several have failed before, so that the pack had better be forgotten.
    package func attempt() -> Bool {
        guard let file = try? OpenFile("\(path)/tries", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600),
            (try? file.write([0x2E])) != nil, let status = try? file.status()
        else { return true }
        return status.st_size <= 3
    }

    /// Passes the bytes of the pack on, in pieces.
    package func read(_ body: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) {
        guard let note else { return }
        let file = try OpenFile(pack(of: note), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var left = bytes
        while left > 0 {
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
            guard count > 0 else {
                throw AmxError(.failure, "cannot go on with a pack that was kept: it has become shorter")
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            left -= count
        }
    }

    // MARK: Keeping

    /// A pack begins: from now on what comes of it is kept, with a note of how to ask for the rest.
    ///
    /// What was kept before stays until enough of the new one has come.
    package func begin(_ note: [UInt8]) { following = .waiting(note) }

    /// Takes note that `piece` has been written to the end of a quarantine's file, which now has `total` bytes.
    package func follow(_ file: String, total: Int, _ piece: UnsafeRawBufferPointer) {
        switch following {
        case .nothing, .linked: break
        case .waiting(let note):
            guard total >= max(Self.leastBytes, note == self.note ? bytes : 0) else { return }
            start(note, file, total)
        case .copying(let copy):
            if !copy.append(piece) { discard() }
        }
    }

    /// The transfer has broken off: takes note of what is there for the next one.
    package func pause() {
        following = .nothing
        load()
    }

    /// Removes what is kept, and keeps nothing more of this transfer.
    package func discard() {
        following = .nothing
        note = nil
        bytes = 0
        Self.clear(path)
    }

    private func start(_ note: [UInt8], _ file: String, _ total: Int) {
        let target = pack(of: note)
        let temporary = "\(path)/new"
        unlink(temporary)
        following = .nothing
        do throws(AmxError) {
            if link(file, temporary) == 0 {
                following = .linked
            } else {
                following = .copying(try KeptCopy(of: file, bytes: total, at: temporary))
            }
            try AtomicFile.write(note, to: "\(path)/note", mode: 0o600)
            guard rename(temporary, target) == 0 else { throw AmxError.system("cannot keep a pack") }
            unlink("\(path)/tries")
            utimes(path, nil)
            for name in Self.names(path) where name.hasSuffix(".pack") && "\(path)/\(name)" != target {
                unlink("\(path)/\(name)")
            }
        } catch {
            discard()
        }
    }

    private func load() {
        note = nil
        bytes = 0
        guard let note = try? FileContent.read("\(path)/note", limit: 64 << 20) else { return }
        var status = stat()
        guard lstat(pack(of: note), &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return
        }
        self.note = note
        bytes = Int(status.st_size)
    }

    private func pack(of note: [UInt8]) -> String { "\(path)/\(SHA256Hasher.hash(of: note).hex).pack" }

    // MARK: Folders

    /// Takes the lock of a folder; throws when another has it, or has just removed it.
    private static func locked(_ path: String) throws(AmxError) -> OpenFile {
        let file = try OpenFile("\(path)/lock", O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        guard amx_flock_try(file.descriptor, 1) == 0, try file.status().st_nlink > 0 else {
            throw AmxError(.conflict, "another transfer uses \(path)")
        }
        return file
    }

    /// How much a folder holds, and when it was last kept.
    static func extent(of path: String) -> (bytes: Int, time: Int) {
        var status = stat()
        var result = (bytes: 0, time: lstat(path, &status) == 0 ? status.st_mtim.tv_sec : 0)
        for name in names(path) where lstat("\(path)/\(name)", &status) == 0 {
            result.bytes += Int(status.st_size)
            result.time = max(result.time, status.st_mtim.tv_sec)
        }
        return result
    }

    /// Removes a folder that nobody uses; false when somebody does.
    static func remove(_ path: String) -> Bool {
        guard let lock = try? locked(path) else { return false }
        empty(path)
        _ = consume lock
        return true
    }

    /// Removes all of a folder whose lock is held, the lock last.
    private static func empty(_ path: String) {
        clear(path)
        unlink("\(path)/lock")
        rmdir(path)
    }

    private static func clear(_ path: String) {
        for name in names(path) where name != "lock" { unlink("\(path)/\(name)") }
    }

    private static func names(_ path: String) -> [String] {
        ((try? Directory.names(in: path)) ?? []).map { String(decoding: $0, as: UTF8.self) }
    }
}
