import Glibc
package import Objects

/// The files of a verified capsule, in a folder that holds them.
///
/// Only the paths that are given are there, whatever else the folder has. Links are never followed. Safe to share
/// between threads.
package final class CapsuleAssets: Sendable {
    /// In bytewise order.
    let paths: [TreePath]
    private let known: Set<TreePath>
    private let folder: Int32

    /// Takes the paths of a verified tree, and the folder in which it stands, which stays the same one whatever its
    /// path leads to later.
    package init(_ paths: [TreePath], in folder: String) throws(AmxError) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AmxError.system("cannot open \(folder)") }
        self.paths = paths.sorted()
        known = Set(paths)
        self.folder = descriptor
    }

    deinit { close(folder) }

    /// The size of a file; nil where there is none such.
    func size(_ path: TreePath) throws(AmxError) -> Int? {
        guard known.contains(path) else { return nil }
        let descriptor = try open(path)
        defer { close(descriptor) }
        return try size(descriptor, path)
    }

    /// A part of a file, and the size of all of it; nil where there is none such. `part` is asked for the part once the
    /// size is known.
    func read<Failure: Error>(
        _ path: TreePath, part: (Int) throws(Failure) -> Range<Int>
    ) throws(ReadFailure<Failure>) -> (content: [UInt8], size: Int)? {
        guard known.contains(path) else { return nil }
        let descriptor: Int32
        let size: Int
        do throws(AmxError) {
            descriptor = try open(path)
            do throws(AmxError) { size = try self.size(descriptor, path) } catch {
                close(descriptor)
                throw error
            }
        } catch {
            throw .file(error)
        }
        defer { close(descriptor) }
        let range: Range<Int>
        do throws(Failure) { range = try part(size) } catch { throw .part(error) }
        do throws(AmxError) {
            let content = try Self.read(descriptor, range, path)
            guard content.count == range.count else { throw Self.changed(path) }
            return (content, size)
        } catch {
            throw .file(error)
        }
    }

    /// Why a part was not read.
    enum ReadFailure<Part: Error>: Error {
        case file(AmxError)
        case part(Part)
    }

    /// Opens a file folder by folder, so that none on the way is a link.
    private func open(_ path: TreePath) throws(AmxError) -> Int32 {
        var current = folder
        let components = path.components
        for (index, component) in components.enumerated() {
            let name = component.map { CChar(bitPattern: $0) } + [0]
            let isLast = index == components.count - 1
            let next = openat(
                current, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (isLast ? O_NONBLOCK : O_DIRECTORY))
            let number = errno
            if current != folder { close(current) }
            guard next >= 0 else {
                if [ENOENT, ELOOP, ENOTDIR].contains(number) { throw Self.changed(path) }
                throw AmxError.system("cannot read \(path)", errno: number)
            }
            current = next
        }
        return current
    }

    private func size(_ descriptor: Int32, _ path: TreePath) throws(AmxError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw AmxError.system("cannot read \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.changed(path) }
        return Int(status.st_size)
    }

    private static func read(_ descriptor: Int32, _ range: Range<Int>, _ path: TreePath) throws(AmxError) -> [UInt8] {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, done in
            while done < range.count, let base = buffer.baseAddress {
                let count = pread(descriptor, base + done, range.count - done, off_t(range.lowerBound + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    number = count < 0 ? errno : 0
                    return
                }
                done += count
            }
        }
        guard number == 0 else { throw AmxError.system("cannot read \(path)", errno: number) }
        return bytes
    }

    private static func changed(_ path: TreePath) -> AmxError {
        AmxError(.verification, "cannot read \(path): the capsule's folder has changed since it was verified")
    }
}
