import Glibc

/// A growing copy of a quarantine's pack, where a hard link is not possible.
final class KeptCopy {
    private let file: OpenFile

    /// Copies what is there already.
    init(of source: String, bytes: Int, at path: String) throws(AmxError) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        let original = try OpenFile(source, O_RDONLY | O_NOFOLLOW)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var left = bytes
        while left > 0 {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
            let count = try original.read(into: room)
            guard count > 0 else { throw AmxError(.failure, "cannot copy \(source): it has become shorter") }
            try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            left -= count
        }
        self.file = file
    }

    /// Adds bytes; false when there is no room.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool { (try? file.write(bytes)) != nil }
}
