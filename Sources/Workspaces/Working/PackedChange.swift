import Glibc
import Objects

/// Replaces a capsule's `.kc` file by that of another tree.
///
/// `init` writes the new file aside, durably; `apply` and `undo` only give names.
final class PackedChange: FormChange {
    private let path: String
    private let aside: String
    private let isNeeded: Bool
    private var isMoved = false
    private var isDone = false

    /// Prepares a file with the given content; without one, nothing will change.
    init(
        _ form: PackedForm, to files: [FileEntry]?, in repository: Repository, temporaryDirectory: String
    ) throws(AmxError) {
        path = form.path
        aside = "\(temporaryDirectory)/\(Directory.temporaryName("change"))"
        isNeeded = files != nil
        guard let files else { return }
        try Directory.create(aside)
        try PackedForm(path: newPath, cachePath: form.cachePath).write(files, from: repository)
    }

    deinit { try? Directory.remove(aside) }

    func apply() throws(AmxError) {
        guard isNeeded else { return }
        let folder = Directory.parent(of: path)
        try Directory.create(folder)
        if Directory.exists(path) {
            guard link(path, oldPath) == 0 || rename(path, oldPath) == 0 else {
                throw AmxError.system("cannot replace \(path)")
            }
            isMoved = true
        }
        guard rename(newPath, path) == 0 else { throw AmxError.system("cannot write \(path)") }
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

    private var newPath: String { "\(aside)/new.kc" }
    private var oldPath: String { "\(aside)/old.kc" }
}
