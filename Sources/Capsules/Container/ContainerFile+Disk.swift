import Glibc
package import Objects

extension ContainerFile {
    /// Makes a file from a regular file on disk, which is opened when its content is asked for and must still have the size it has now.
    ///
    /// A symbolic link in the place of the file is refused; those in the folders above it are the caller's affair.
    package init(path: TreePath, reading source: String) throws(AmxError) {
        let status = try Self.open(source).status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AmxError(
                .failure, "cannot pack \(source): it is not a regular file",
                hint: "replace it by a file, or name it in .amxignore")
        }
        self.init(path: path, mode: FileMode(permissions: status.st_mode), size: Int(status.st_size)) {
            sink throws(AmxError) in
            let file = try Self.open(source)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { return }
                try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private static func open(_ source: String) throws(AmxError) -> OpenFile {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        try OpenFile(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    }
}
