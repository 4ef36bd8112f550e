import Glibc
import Objects

/// What lies at a path, a file or a folder, gives way to a file that lies ready beside it, or to nothing.
///
/// `apply` and `undo` only give names: both are durable when they return, and `undo` needs no space on the disk. The folder
/// aside, in which the new file and then the old one lies, goes with this object.
final class PathSwap: FormChange {
    /// What the path becomes.
    enum Target {
        /// The file that the caller has written, durably, to `newPath`.
        case file
        case nothing
    }

    private let path: String
    private let aside: String
    private let target: Target
    private let suffix: String
    private var isMoved = false
    private var isDone = false

    /// Makes the folder aside; the names in it end with `suffix`.
    init(
        at path: String, to target: Target, in temporaryDirectory: String, suffix: String = ""
    ) throws(AmxError) {
        self.path = path
        self.target = target
        self.suffix = suffix
        aside = "\(temporaryDirectory)/\(Directory.temporaryName("swap"))"
        try Directory.create(aside)
    }

    deinit { try? Directory.remove(aside) }

    /// Where the new file is to lie when `apply` is called.
    var newPath: String { "\(aside)/new\(suffix)" }

    func apply() throws(AmxError) {
        let folder = Directory.parent(of: path)
        try Directory.create(folder)
        if Directory.exists(path) {
            guard target == .file && link(path, oldPath) == 0 || rename(path, oldPath) == 0 else {
                throw AmxError.system("cannot replace \(path)")
            }
            isMoved = true
        }
        guard target == .nothing || rename(newPath, path) == 0 else {
            throw AmxError.system("cannot write \(path)")
        }
        isDone = true
        try Directory.sync(folder)
    }

    func undo() throws(AmxError) {
        guard isMoved || isDone else { return }
        if isMoved {
            guard rename(oldPath, path) == 0 else { throw AmxError.system("cannot restore \(path)") }
        } else {
            guard unlink(path) == 0 || errno == ENOENT else { throw AmxError.system("cannot remove \(path)") }
        }
        (isMoved, isDone) = (false, false)
        try Directory.sync(Directory.parent(of: path))
    }

    private var oldPath: String { "\(aside)/old\(suffix)" }
}
