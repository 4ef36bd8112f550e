import CLinux
package import Glibc

/// An open file descriptor that is closed when its owner goes.
///
/// Reads and writes are complete or throw; interrupted calls are repeated. Not for use by several threads at once.
package struct OpenFile: ~Copyable {
    /// The descriptor, for calls that this type does not wrap.
    package let descriptor: Int32
    private let path: String

    /// Opens a path; `O_CLOEXEC` is always added.
    package init(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(AmxError) {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw AmxError.system("cannot open \(path)") }
        self.descriptor = descriptor
        self.path = path
    }

    /// Takes over an open descriptor; `path` is what errors name.
    package init(adopting descriptor: Int32, of path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a path for reading, never through a symbolic link and without waiting for a pipe; nil when nothing is there.
    package static func existing(_ path: String) throws(AmxError) -> OpenFile? {
        do throws(AmxError) {
            return try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The file's metadata.
    package func status() throws(AmxError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw AmxError.system("cannot stat \(path)") }
        return status
    }

    /// Writes every byte.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, base + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw AmxError.system("cannot write \(path)")
            }
            done += count
        }
    }

    /// Writes every byte.
    package func write(_ bytes: [UInt8]) throws(AmxError) {
        try bytes.span.withUnsafeBytes { buffer throws(AmxError) in try write(buffer) }
    }

    /// Fills the buffer from the current position as far as the file goes; returns the number of bytes, 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(AmxError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = Glibc.read(descriptor, base + done, buffer.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw AmxError.system("cannot read \(path)")
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads at most `count` bytes at a position in the file, whatever the current one is.
    package func read(at position: Int, count: Int) throws(AmxError) -> [UInt8] {
        var failure: AmxError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count, let base = buffer.baseAddress {
                let read = pread(descriptor, base + done, count - done, off_t(position + done))
                if read > 0 {
                    done += read
                } else if read == 0 {
                    return
                } else if errno != EINTR {
                    failure = AmxError.system("cannot read \(path)")
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads at most `count` bytes from the current position.
    package func readPrefix(_ count: Int) throws(AmxError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        return Array(buffer[..<(try read(into: buffer))])
    }

    /// Reads from the current position to the end; throws when there is more than a limit of `limits` allows.
    package func readToEnd(_ name: Limits.Name, of limits: Limits = .standard) throws(AmxError) -> [UInt8] {
        guard let bytes = try readToEnd(atMost: limits[name]) else {
            throw limits.passed(name, "cannot read \(path): it is larger than \(limits[name]) bytes")
        }
        return bytes
    }

    /// Reads from the current position to the end of a file that belongs to Amx or git; throws when there is more than `limit`.
    package func readToEnd(limit: Int = .max) throws(AmxError) -> [UInt8] {
        guard let bytes = try readToEnd(atMost: limit) else {
            throw AmxError(
                .failure, "cannot read \(path): it is larger than \(limit) bytes, the limit of such a file",
                hint: "it is not what it should be: look what wrote it, and move it away")
        }
        return bytes
    }

    /// The bytes from the current position to the end; nil when there are more than `limit`.
    private func readToEnd(atMost limit: Int) throws(AmxError) -> [UInt8]? {
        var result: [UInt8] = []
        // A size that a sparse file only claims must not be allocated.
        result.reserveCapacity(min(Int(try status().st_size), limit, 1 << 26))
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk)
            if count == 0 { return result }
            guard result.count <= limit - count else { return nil }
            result.append(contentsOf: chunk[..<count])
        }
    }

    /// Waits until content and size are on the disk. A failure is final: it must not be retried into success.
    ///
    /// In a piece of work of a ``SyncGroup`` it waits together with others.
    package func sync() throws(AmxError) {
        if let group = SyncGroup.current, try group.wait(for: descriptor, path) { return }
        guard fsync(descriptor) == 0 else { throw AmxError.system("cannot write \(path) to the disk") }
    }

    /// Does the same, or in a piece of work of a ``SyncGroup`` leaves it to the next sync on the same file system, which must come
    /// before anything that relies on it: ``Directory/syncDeferred(_:)``.
    package func syncOrDefer() throws(AmxError) {
        if let group = SyncGroup.current, try group.isShared(status().st_dev) { return }
        try sync()
    }

    /// Waits until everything written to the file system that holds this file is on the disk; false where what could not be
    /// written would not show by it: ``Directory/syncTogether(_:_:)``.
    func syncFileSystem() throws(AmxError) -> Bool {
        if let group = SyncGroup.current, try group.wait(for: descriptor, path) { return true }
        guard amx_syncfs(descriptor) == 0 else { throw AmxError.system("cannot write \(path) to the disk") }
        return amx_syncfs_tells_errors(descriptor) == 1
    }
}
