import Glibc
import Objects

/// Turns the files of one tree into those of another in a capsule's directory, in two steps.
///
/// `init` writes every new file aside, durably; a full disk is met there, with nothing changed. `apply` only gives names:
/// each file appears whole, files that both trees have stay untouched, and nothing else in the directory is looked at.
/// `undo` takes the names back and needs no space. What is aside goes with the owner.
final class DirectoryChange {
    /// A path that changes; its files aside are named by its number.
    private struct Step {
        let path: TreePath
        let isRemoved: Bool
        /// Whether the file that stood there is aside.
        var isMoved = false
        /// Whether the path has been dealt with.
        var isDone = false
    }

    private let root: String
    private let aside: String
    private var steps: [Step] = []

    /// Prepares the change; `old` and `new` are the files of the two trees.
    ///
    /// When `sparing`, a file that is neither as in `old` nor as in `new` is left alone: so a change that was cut off can be
    /// repeated after the user has gone on working.
    init(
        _ form: DirectoryForm, from old: [FileEntry], to new: [FileEntry], in repository: Repository, sparing: Bool
    ) throws(AmxError) {
        root = form.root
        aside = "\(form.temporaryDirectory)/\(Directory.temporaryName("change"))"
        let changes = Change.between(old, new)
        guard !changes.isEmpty else { return }
        try Directory.create(aside)
        // Removals come first: a file may become a folder, and a folder a file.
        for change in changes where change.new == nil {
            if sparing, try form.state(of: change.path) != change.old { continue }
            steps.append(Step(path: change.path, isRemoved: true))
        }
        for change in changes {
            guard let wanted = change.new else { continue }
            if sparing, Directory.exists("\(root)/\(change.path.string)") {
                let found = try form.state(of: change.path)
                if found == wanted || found != change.old { continue }
            }
            try repository.withObject(wanted.id) { kind, bytes throws(AmxError) in
                guard kind == .blob else {
                    throw AmxError(
                        .verification, "object \(wanted.id) is not a file's content", hint: AmxError.damagedStore)
                }
                let file = try OpenFile(
                    newPath(steps.count), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                    mode: wanted.mode == .executable ? 0o755 : 0o644)
                try file.write(bytes)
            }
            steps.append(Step(path: change.path, isRemoved: false))
        }
        // One wait for all files: a name must never become durable before the content that it stands for.
        try Directory.syncTree(aside)
    }

    deinit { try? Directory.remove(aside) }

    /// Puts every file in its place, durably. When it throws, `undo` brings the directory back.
    func apply() throws(AmxError) {
        guard !steps.isEmpty else { return }
        for index in steps.indices {
            let path = "\(root)/\(steps[index].path.string)"
            if steps[index].isRemoved {
                guard Directory.exists(path) else { continue }
                guard rename(path, oldPath(index)) == 0 else { throw AmxError.system("cannot remove \(path)") }
                steps[index].isMoved = true
                removeEmptyFolders(above: steps[index].path)
            } else {
                if Directory.isFolder(path) {
                    // Folders without a file are not content.
                    Self.removeEmptyFolders(in: path)
                } else if Directory.exists(path) {
                    // A second name keeps the file at its place until the new one is there; not all file systems have it.
                    guard link(path, oldPath(index)) == 0 || rename(path, oldPath(index)) == 0 else {
                        throw AmxError.system("cannot replace \(path)")
                    }
                    steps[index].isMoved = true
                } else {
                    try Directory.create(Directory.parent(of: path))
                }
                guard rename(newPath(index), path) == 0 else { throw AmxError.system("cannot write \(path)") }
            }
            steps[index].isDone = true
        }
        try syncNames()
    }

    /// Takes back what `apply` has done.
    func undo() throws(AmxError) {
        for index in steps.indices.reversed() where steps[index].isDone || steps[index].isMoved {
            let path = "\(root)/\(steps[index].path.string)"
            if steps[index].isMoved {
                try Directory.create(Directory.parent(of: path))
                guard rename(oldPath(index), path) == 0 else { throw AmxError.system("cannot restore \(path)") }
                // Renaming between two names of one file does nothing.
                unlink(oldPath(index))
            } else {
                guard unlink(path) == 0 || errno == ENOENT else { throw AmxError.system("cannot remove \(path)") }
                removeEmptyFolders(above: steps[index].path)
            }
            steps[index].isDone = false
            steps[index].isMoved = false
        }
        try syncNames()
    }

    /// Waits until the names that were given and taken are on the disk.
    private func syncNames() throws(AmxError) {
        try Directory.syncTogether(root) {
            var folders: Set<TreePath> = []
            for step in steps {
                var folder = step.path.parent
                while let current = folder, folders.insert(current).inserted { folder = current.parent }
            }
            return folders.map { "\(root)/\($0.string)" }.filter { Directory.isFolder($0) } + [root]
        }
    }

    private func newPath(_ index: Int) -> String { "\(aside)/\(index).new" }
    private func oldPath(_ index: Int) -> String { "\(aside)/\(index).old" }

    private func removeEmptyFolders(above path: TreePath) {
        var folder = path.parent
        while let current = folder {
            // Fails, as it should, for a folder that still holds something.
            guard rmdir("\(root)/\(current.string)") == 0 else { return }
            folder = current.parent
        }
    }

    /// Removes a folder that holds nothing but such folders; of any other, only those inside.
    private static func removeEmptyFolders(in folder: String) {
        for name in (try? Directory.names(in: folder)) ?? [] {
            let child = "\(folder)/\(String(decoding: name, as: UTF8.self))"
            if Directory.isFolder(child) { removeEmptyFolders(in: child) }
        }
        rmdir(folder)
    }
}
