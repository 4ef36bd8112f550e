import Glibc

/// An open descriptor that only stands for a file or folder, closed when its owner goes.
struct Place: ~Copyable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// What it is; nil where the kernel does not say.
    var status: stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    /// The path that the kernel has for it.
    func path() throws(PathFault) -> CanonicalPath {
        var found = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX) + 1) { buffer, count in
            found = buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink("/proc/self/fd/\(descriptor)", $0, characters.count) } ?? -1
            }
            count = max(0, found)
        }
        guard found >= 0 else { throw .noKernelSupport }
        // What this process cannot see has another text, and too long a one is cut.
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= Int(PATH_MAX) else { throw .moved }
        return CanonicalPath(absolute: bytes)
    }
}
