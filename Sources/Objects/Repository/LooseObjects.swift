import Glibc

/// Objects that other tools wrote as single files, which Amx never does.
///
/// A crash of such a tool may leave a file cut short, and libgit2 never returns from reading one. So a file is inflated to
/// its end before libgit2 sees it. Used from one thread.
final class LooseObjects {
    private let folder: String
    private var hasAny: Bool
    private var whole: Set<ObjectID> = []

    /// Looks whether a repository has any; without them nothing costs anything.
    init(objectsFolder folder: String) {
        self.folder = folder
        hasAny = Self.hasAny(in: folder)
    }

    /// Looks again.
    func refresh() {
        hasAny = Self.hasAny(in: folder)
        whole = []
    }

    /// Makes sure that an object, if it stands in a file of its own, is whole; `.verification` when it isn't.
    func check(_ id: ObjectID) throws(AmxError) {
        guard hasAny, !whole.contains(id) else { return }
        let hex = id.hex
        let path = "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))"
        guard access(path, F_OK) == 0 else { return }
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
        guard try file.status().st_mode & S_IFMT == S_IFREG, try Self.isWhole(file) else {
            throw AmxError(
                .verification, "object \(id) is damaged: \(path) is cut short or no longer what it was",
                hint: AmxError.damagedStore)
        }
        whole.insert(id)
    }

    private static func hasAny(in folder: String) -> Bool {
        guard let names = try? Directory.names(in: folder) else { return true }
        return names.contains { $0.count == 2 }
    }

    private static func isWhole(_ file: borrowing OpenFile) throws(AmxError) -> Bool {
        let inflater = try Inflater()
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 1)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer {
            input.deallocate()
            output.deallocate()
        }
        while true {
            let count = try file.read(into: input)
            guard count > 0 else { return false }
            var rest = UnsafeRawBufferPointer(rebasing: input[..<count])
            while true {
                guard let step = inflater.inflate(rest, into: output) else { return false }
                if step.ended { return true }
                rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
                // What is left in the stream's state comes out with room for it.
                if rest.isEmpty, step.produced < output.count { break }
                if step.consumed == 0, step.produced == 0 { return false }
            }
        }
    }
}
