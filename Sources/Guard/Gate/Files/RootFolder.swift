import Glibc

/// A folder that paths start from, open for as long as it is referred to: it stays the same one whatever its path leads
/// to later.
final class RootFolder: Sendable {
    let descriptor: Int32

    /// Opens a folder by its path; nil where there is none.
    init?(_ path: String) {
        let descriptor = open(path, PathOpener.placeOnly | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
