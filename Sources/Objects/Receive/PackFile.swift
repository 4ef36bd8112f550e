import Glibc

/// A pack: that of a quarantine grows at its end and is read anywhere, one at rest is only read.
///
/// Not for use by several threads at once.
final class PackFile {
    /// Where the file is.
    let path: String
    private let file: OpenFile
    private let inflater: Inflater
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

    /// Makes the file.
    init(creating path: String) throws(AmxError) {
        self.path = path
        file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o444)
        inflater = try Inflater()
    }

    /// Opens a file that is only read.
    init(opening path: String) throws(AmxError) {
        self.path = path
        file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        inflater = try Inflater()
    }

    deinit { input.deallocate() }

    /// Writes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(AmxError) { try file.write(bytes) }

    /// Writes at the end.
    func append(_ bytes: [UInt8]) throws(AmxError) { try file.write(bytes) }

    /// Cuts the file off; the next write goes to its new end.
    func truncate(to length: Int) throws(AmxError) {
        guard ftruncate(file.descriptor, length) == 0, lseek(file.descriptor, length, SEEK_SET) == length else {
            throw AmxError.system("cannot write \(path)")
        }
    }

    /// Replaces the header's number of objects and returns the checksum of the whole file.
    func seal(objects: Int) throws(AmxError) -> ObjectID {
        let count = withUnsafeBytes(of: UInt32(truncatingIfNeeded: objects).bigEndian) { Array($0) }
        guard pwrite(file.descriptor, count, count.count, 8) == count.count else {
            throw AmxError.system("cannot write \(path)")
        }
        let checksum = PackChecksum()
        var position = 0
        while true {
            let bytes = try read(at: position)
            if bytes.isEmpty { return checksum.finish() }
            checksum.update(bytes)
            position += bytes.count
        }
    }

    /// Waits until the content is on the disk, or leaves that to the next sync.
    func syncOrDefer() throws(AmxError) { try file.syncOrDefer() }

    /// Inflates the data of an entry, which the scanner has found sound.
    func data(of entry: PackEntry) throws(AmxError) -> [UInt8] {
        inflater.reset()
        var position = Int(entry.offset) + Int(entry.headerLength)
        let size = Int(entry.size)
        var failure: AmxError?
        let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            do throws(AmxError) {
                count = try inflate(from: &position, into: UnsafeMutableRawBufferPointer(buffer))
            } catch { failure = error }
        }
        if let failure { throw failure }
        guard result.count == size else { throw AmxError(.failure, "cannot read \(path): an entry has changed") }
        return result
    }

    private func inflate(from position: inout Int, into output: UnsafeMutableRawBufferPointer) throws(AmxError) -> Int {
        var count = 0
        while count < output.count {
            let bytes = try read(at: position)
            let room = UnsafeMutableRawBufferPointer(rebasing: output[count...])
            guard !bytes.isEmpty, let step = inflater.inflate(bytes, into: room) else { break }
            count += step.produced
            position += step.consumed
            if step.ended || (step.consumed == 0 && step.produced == 0) { break }
        }
        return count
    }

    /// The next bytes from a place, at most 64 KiB; they are valid until the next call. None at the file's end.
    func read(at position: Int) throws(AmxError) -> UnsafeRawBufferPointer {
        while true {
            let count = pread(file.descriptor, input.baseAddress, input.count, position)
            if count >= 0 { return UnsafeRawBufferPointer(rebasing: input[..<count]) }
            guard errno == EINTR else { throw AmxError.system("cannot read \(path)") }
        }
    }
}
