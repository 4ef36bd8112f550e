import Glibc
import Objects

/// A `.kc` file, or a part of another file, open for reading at any position.
///
/// Reads use `pread`, not a memory map, so that a file which another process truncates gives an error and not a signal; several
/// threads may read at once.
final class ContainerInput: Sendable {
    /// The path, as it was given, with the part's name; errors name it.
    let path: String
    /// The file's size when it was opened, or the part's.
    let size: Int
    private let descriptor: Int32
    /// Where the part starts in the file.
    private let start: Int

    /// Opens a regular file, or a part of one, following symbolic links.
    init(_ path: String, _ part: FilePart? = nil) throws(AmxError) {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw AmxError.system("cannot read \(path)") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = AmxError.system("cannot read \(path)")
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw AmxError.notRegular(path)
        }
        self.descriptor = descriptor
        self.path = part.map { "\(path)/\($0.name)" } ?? path
        let region = part?.region ?? 0..<Int(status.st_size)
        (start, size) = (region.lowerBound, region.count)
        guard region.lowerBound >= 0, region.upperBound <= Int(status.st_size) else {
            throw damage("it ends too early")
        }
    }

    deinit { close(descriptor) }

    /// Fills the whole buffer from a position of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(AmxError) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(start + offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw AmxError.system("cannot read \(path)")
            }
            guard count > 0 else { throw damage("it became shorter while it was read") }
            done += count
        }
    }

    /// The bytes of a region that lies in the file.
    func bytes(_ region: Range<Int>) throws(AmxError) -> [UInt8] {
        guard region.lowerBound >= 0, region.upperBound <= size else { throw damage("it ends too early") }
        var failed: AmxError?
        let bytes = [UInt8](unsafeUninitializedCapacity: region.count) { buffer, count in
            let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: region.count)
            do throws(AmxError) {
                try read(at: region.lowerBound, into: whole)
                count = region.count
            } catch {
                failed = error
            }
        }
        if let failed { throw failed }
        return bytes
    }

    /// Throws when so many bytes of an archive are more than the limits allow this file to expand to.
    func checkExpansion(_ count: Int, limits: Limits) throws(AmxError) {
        guard count <= ContainerFormat.archiveBytes(limits) else {
            throw over(.expandedBytes, of: limits, "it expands to more bytes than a capsule may have")
        }
        guard count <= limits.ratioFloorBytes || count / max(1, limits.compressionRatio) <= size else {
            throw over(.compressionRatio, of: limits, "it expands too much for its size")
        }
    }

    /// An error about this file: it is no `.kc` file, or what it holds can be no capsule.
    func failure(_ reason: String, hint: String) -> AmxError {
        AmxError(.failure, "cannot read \(path): \(reason)", hint: hint)
    }

    /// An error about this file: content that passes a limit.
    func over(_ name: Limits.Name, of limits: Limits, _ reason: String) -> AmxError {
        limits.passed(name, "cannot read \(path): \(reason)")
    }

    /// An error about this file: it was a `.kc` file, and fails its own checks, so it was damaged or tampered with.
    func damage(_ reason: String) -> AmxError {
        AmxError(
            .verification, "cannot read \(path): \(reason)",
            hint: "the file is damaged or was changed: get it again from where it came from")
    }

    /// An error of a lower layer, with this file's name before it.
    func naming(_ error: AmxError) -> AmxError {
        AmxError(error.code, "cannot read \(path): \(error.message)", hint: error.hint, cause: error)
    }
}
