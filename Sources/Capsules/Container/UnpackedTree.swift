import Glibc
package import Objects

/// A new directory that is filled beside its final place and then takes it in one step.
///
/// Every folder and file is created relative to its parent's descriptor, never through a symbolic link and never over something that
/// exists. When the owner goes before `publish`, all of it is removed. Belongs to one thread at a time.
package final class UnpackedTree {
    private struct Folder {
        let name: ArraySlice<UInt8>
        let descriptor: Int32
    }

    private let target: String
    private let temporary: String
    private let root: Int32
    /// The folders that lead to the file made last, from the root down.
    private var open: [Folder] = []
    private var isPublished = false

    /// Makes the directory beside `target`, which must be missing or an empty directory.
    package init(for target: String) throws(AmxError) {
        var path = target
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        try Self.checkFree(path)
        let parent = Directory.parent(of: path)
        let temporary = "\(parent)/\(Directory.temporaryName(".amx-unpack"))"
        guard mkdir(temporary, 0o777) == 0 else { throw AmxError.system("cannot unpack to \(target)") }
        let root = Glibc.open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard root >= 0 else {
            let error = AmxError.system("cannot unpack to \(target)")
            rmdir(temporary)
            throw error
        }
        self.target = path
        self.temporary = temporary
        self.root = root
    }

    /// Throws `.conflict` unless nothing, or an empty directory, has the name.
    private static func checkFree(_ path: String) throws(AmxError) {
        guard ![".", ".."].contains(Directory.name(of: path)), path != "/", !path.isEmpty else {
            throw AmxError(
                .failure, "cannot unpack to '\(path)': a new directory takes its place, which needs a name",
                hint: "name a directory that does not exist yet")
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        let reason: String
        if status.st_mode & S_IFMT != S_IFDIR {
            reason = "it exists and is not a directory"
        } else if try !Directory.names(in: path).isEmpty {
            reason = "the directory is not empty"
        } else {
            return
        }
        throw AmxError(
            .conflict, "cannot unpack to \(path): \(reason)", hint: "name a directory that does not exist yet")
    }

    deinit {
        closeFolders(after: 0)
        close(root)
        // What cannot be removed stays under a temporary name; there is nobody to tell.
        if !isPublished { try? Directory.remove(temporary) }
    }

    /// Creates a file; `content` is called once with a sink for its bytes.
    package func add(
        _ path: TreePath, mode: FileMode, content: (ContentSink) throws(AmxError) -> Void
    ) throws(AmxError) {
        let components = path.components
        guard let name = components.last else { return }
        let folder = try enter(components.dropLast())
        let permissions: mode_t = mode == .executable ? 0o777 : 0o666
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = Self.terminated(name).withUnsafeBufferPointer { name in
            name.baseAddress.map { openat(folder, $0, flags, permissions) } ?? -1
        }
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        try content { piece throws(AmxError) in
            var rest = piece
            while !rest.isEmpty {
                let count = write(descriptor, rest.baseAddress, rest.count)
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    throw failure(path)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Waits until all content is on the disk, gives the directory its name and makes the name durable; or does not wait, where nobody needs
    /// it after a crash.
    package func publish(durably: Bool = true) throws(AmxError) {
        closeFolders(after: 0)
        // One call for all files: an fsync each costs 2.7 ms a file on ext4, this 0.9 s for a thousand of them.
        if durably { try Directory.syncTree(temporary) }
        guard rename(temporary, target) == 0 else {
            let number = errno
            guard number != EEXIST, number != ENOTEMPTY, number != ENOTDIR else {
                throw AmxError(
                    .conflict, "cannot unpack to \(target): something else of that name is there",
                    hint: "name a directory that does not exist yet")
            }
            throw AmxError.system("cannot unpack to \(target)", errno: number)
        }
        isPublished = true
        if durably { try Directory.sync(Directory.parent(of: target)) }
    }

    /// The descriptor of a folder, which is made with those above it when it is missing.
    private func enter(_ components: ArraySlice<ArraySlice<UInt8>>) throws(AmxError) -> Int32 {
        let components = Array(components)
        let shared = zip(open, components).prefix { $0.name.elementsEqual($1) }.count
        closeFolders(after: shared)
        for name in components.dropFirst(shared) {
            let parent = open.last?.descriptor ?? root
            let descriptor = Self.terminated(name).withUnsafeBufferPointer { name -> Int32 in
                guard let name = name.baseAddress, mkdirat(parent, name, 0o777) == 0 || errno == EEXIST else {
                    return -1
                }
                return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            }
            guard descriptor >= 0 else { throw AmxError.system("cannot unpack to \(target)") }
            open.append(Folder(name: name, descriptor: descriptor))
        }
        return open.last?.descriptor ?? root
    }

    private func closeFolders(after count: Int) {
        while open.count > count, let folder = open.popLast() { close(folder.descriptor) }
    }

    private func failure(_ path: TreePath) -> AmxError {
        let number = errno
        return AmxError.system("cannot unpack '\(path)' to \(target)", errno: number)
    }

    private static func terminated(_ name: ArraySlice<UInt8>) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
}
