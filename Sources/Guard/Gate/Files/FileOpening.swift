import Glibc
import Objects

/// Opens what stands at a path that was checked.
struct FileOpening {
    enum Failure: Error {
        /// Something else stands there now, or nothing can be told.
        case path(PathFault)
        /// It is neither a file nor a folder.
        case kind
        /// What the caller is told: there is no such file, or the system has a reason.
        case other(AmxError)
    }

    let resolver: PathResolver
    let path: CanonicalPath
    /// What messages call it.
    let name: String
    let access: FileAccess
    let creating: Bool
    let truncating: Bool

    /// Opens it; the caller closes the descriptor.
    func open() throws(Failure) -> Int32 {
        // Somebody may make the file, or remove it, between the two looks at it.
        for _ in 0..<8 {
            if let descriptor = try existing() { return descriptor }
            guard access == .write, creating else {
                throw .other(AmxError.system("cannot open \(name)", errno: ENOENT))
            }
            if let descriptor = try made() { return descriptor }
        }
        throw .path(.moved)
    }

    /// Opens what is there; nil where nothing is.
    ///
    /// A device or a pipe is not opened, not even for a look: that alone can do something, or wait.
    private func existing() throws(Failure) -> Int32? {
        let place: Place
        do throws(PathFault) {
            place = Place(try resolver.open(path, flags: PathOpener.placeOnly))
        } catch {
            if error == .system(ENOENT) { return nil }
            throw failure(error)
        }
        guard let status = place.status else { throw .path(.moved) }
        let flags: Int32
        switch (status.st_mode & S_IFMT, access) {
        case (S_IFREG, .read): flags = O_RDONLY
        case (S_IFREG, .write): flags = O_WRONLY | (truncating ? O_TRUNC : 0)
        case (S_IFDIR, .read): flags = O_RDONLY | O_DIRECTORY
        case (S_IFDIR, .write): throw .other(AmxError.system("cannot write \(name)", errno: EISDIR))
        default: throw .kind
        }
        // By the kernel's link to the open place: the same file, whatever stands at the path by now.
        let descriptor = Glibc.open("/proc/self/fd/\(place.descriptor)", flags | O_CLOEXEC | O_NONBLOCK)
        let number = errno
        guard descriptor >= 0 else { throw .other(AmxError.system("cannot open \(name)", errno: number)) }
        return descriptor
    }

    /// Makes a file; nil where something is there by now.
    private func made() throws(Failure) -> Int32? {
        do throws(PathFault) {
            return try resolver.open(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
        } catch {
            if error == .system(EEXIST) { return nil }
            throw failure(error)
        }
    }

    private func failure(_ fault: PathFault) -> Failure {
        guard case .system(let number) = fault else { return .path(fault) }
        return .other(AmxError.system("cannot open \(name)", errno: number))
    }
}
