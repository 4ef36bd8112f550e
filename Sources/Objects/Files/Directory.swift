import CLinux
import Glibc

/// Folders of the file system: making, listing, syncing and removing them.
package enum Directory {
    /// The folder that holds a path: `.` for a bare name, `/` for a name in the root.
    package static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component of a path.
    package static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Makes a folder and those above it; existing ones are fine.
    package static func create(_ path: String, mode: UInt32 = 0o755) throws(AmxError) {
        if mkdir(path, mode) == 0 { return }
        switch errno {
        case EEXIST, EISDIR:
            guard isDirectory(path) else {
                throw AmxError(
                    .failure, "cannot create \(path): a file of that name is in the way",
                    hint: "move the file away, or give another name")
            }
        case ENOENT:
            try create(parent(of: path), mode: mode)
            guard mkdir(path, mode) == 0 || errno == EEXIST else { throw AmxError.system("cannot create \(path)") }
        default: throw AmxError.system("cannot create \(path)")
        }
    }

    /// Makes a folder and those above it, and waits until the new ones are on the disk.
    package static func createDurably(_ path: String) throws(AmxError) {
        if isDirectory(path) { return }
        let parent = parent(of: path)
        try createDurably(parent)
        try create(path)
        try sync(parent)
    }

    /// Whether a path is a folder, following symbolic links.
    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a path itself is a folder: a symbolic link to one is not.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anything has this name, a dangling symbolic link included.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The names in a folder as raw bytes, without `.` and `..`, in bytewise order.
    package static func names(in path: String) throws(AmxError) -> [[UInt8]] {
        guard let stream = opendir(path) else { throw AmxError.system("cannot list \(path)") }
        defer { closedir(stream) }
        return try names(in: stream, of: path).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func names(in stream: OpaquePointer, of path: String) throws(AmxError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw AmxError.system("cannot list \(path)") }
        return names
    }

    /// Waits until the entries of a folder (creations, renames, removals) are on the disk.
    package static func sync(_ path: String) throws(AmxError) {
        let directory = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        try directory.sync()
    }

    /// Waits until what was left to the next sync (``OpenFile/syncOrDefer()``) near a path is on the disk.
    package static func syncDeferred(_ path: String) throws(AmxError) {
        guard let group = SyncGroup.current else { return }
        _ = try group.wait(for: OpenFile(path, O_RDONLY | O_NONBLOCK).descriptor, path)
    }

    /// Waits until a folder with all that is in it is on the disk: one wait for many files.
    package static func syncTree(_ path: String) throws(AmxError) {
        try syncTogether(path) { () throws(AmxError) in try paths(below: path) + [path] }
    }

    /// Waits until all that was written to the file system of a folder is on the disk: one wait for many files.
    ///
    /// `paths` are the files and folders that were written. Where the wait would not tell that one of them could not be (see
    /// `amx_syncfs_tells_errors`), each of them is synced by itself as well, which is quick then.
    package static func syncTogether(_ folder: String, _ paths: () throws(AmxError) -> [String]) throws(AmxError) {
        guard try !OpenFile(folder, O_RDONLY | O_DIRECTORY).syncFileSystem() else { return }
        for path in try paths() {
            let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            guard fsync(file.descriptor) == 0 else { throw AmxError.system("cannot write \(path) to the disk") }
        }
    }

    /// The regular files and the folders below a folder, what a folder holds before the folder.
    private static func paths(below folder: String) throws(AmxError) -> [String] {
        var found: [String] = []
        for name in try names(in: folder) {
            let path = "\(folder)/\(String(decoding: name, as: UTF8.self))"
            var status = stat()
            guard lstat(path, &status) == 0 else { throw AmxError.system("cannot write \(path) to the disk") }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: found += try paths(below: path) + [path]
            case S_IFREG: found.append(path)
            default: break
            }
        }
        return found
    }

    /// Removes a file or a whole folder without following symbolic links; what is not there is fine.
    package static func remove(_ path: String) throws(AmxError) {
        try remove(Array(path.utf8), in: AT_FDCWD, path: path)
    }

    /// Works relative to an open folder, so that nobody can swap a folder above for a link to elsewhere, and so that
    /// names are taken as the bytes that they are.
    private static func remove(_ name: [UInt8], in folder: Int32, path: String) throws(AmxError) {
        let name = name.map { CChar(bitPattern: $0) } + [0]
        if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw AmxError.system("cannot remove \(path)") }
        let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw AmxError.system("cannot remove \(path)")
        }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw AmxError.system("cannot remove \(path)")
        }
        defer { closedir(stream) }
        for child in try names(in: stream, of: path) {
            try remove(child, in: descriptor, path: "\(path)/\(String(decoding: child, as: UTF8.self))")
        }
        guard unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw AmxError.system("cannot remove \(path)")
        }
    }

    /// Gives an entry another name; `.conflict` when that name is taken.
    package static func renameWithoutReplacing(_ from: String, to: String) throws(AmxError) {
        guard amx_rename_noreplace(from, to) == 0 else {
            if errno == EEXIST {
                throw AmxError(
                    .conflict, "cannot create \(to): it exists already", hint: "move it away, or give another name")
            }
            throw AmxError.system("cannot create \(to)")
        }
    }

    /// Exchanges two entries in one step, so that neither name is ever missing.
    package static func exchange(_ first: String, _ second: String) throws(AmxError) {
        guard amx_rename_exchange(first, second) == 0 else { throw AmxError.system("cannot replace \(second)") }
    }

    /// A name for a temporary entry that no other process uses.
    package static func temporaryName(_ label: String) -> String {
        "\(label)-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }
}
