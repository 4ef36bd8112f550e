import Capsules
import Glibc
import Objects

/// Replaces a file of a workspace, makes it, or, by no bytes at all, removes it.
///
/// `init` writes the new bytes aside, durably; `apply` and `undo` only give names.
final class FileReplacement: FormChange {
    private let path: String
    private let aside: String
    private let isNeeded: Bool
    private let isRemoval: Bool
    private var isMoved = false
    private var isDone = false

    /// Prepares; without bytes, or where the file has them already, nothing will change.
    init(
        _ path: String, by bytes: [UInt8]?, in workspace: Workspace, limit: Int, mode: UInt32 = 0o644
    ) throws(AmxError) {
        self.path = path
        aside = "\(workspace.temporaryDirectory)/\(Directory.temporaryName("replace"))"
        isRemoval = bytes?.isEmpty == true
        guard let bytes, try FileContent.read(path, limit: limit) ?? [] != bytes else {
            isNeeded = false
            return
        }
        isNeeded = true
        try Directory.create(aside)
        try AtomicFile.write(bytes, to: newPath, mode: mode)
    }

    deinit { try? Directory.remove(aside) }

    func apply() throws(AmxError) {
        guard isNeeded else { return }
        if Directory.exists(path) {
            guard !isRemoval && link(path, oldPath) == 0 || rename(path, oldPath) == 0 else {
                throw AmxError.system("cannot replace \(path)")
            }
            isMoved = true
        }
        guard isRemoval || rename(newPath, path) == 0 else { throw AmxError.system("cannot write \(path)") }
        isDone = true
        try Directory.sync(Directory.parent(of: path))
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

    private var newPath: String { "\(aside)/new" }
    private var oldPath: String { "\(aside)/old" }
}
