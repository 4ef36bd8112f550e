import Capsules
import Glibc
import Objects

/// Takes a capsule's working form away.
///
/// `apply` and `undo` only give names; what is aside goes with the owner.
final class FormRemoval: FormChange {
    private let path: String?
    private let aside: String
    private var isMoved = false

    /// Prepares; a capsule without a form stays as it is.
    init(_ capsule: WorkspaceCapsule) throws(AmxError) {
        switch try capsule.form() {
        case .directory: path = capsule.directoryPath
        case .packed: path = capsule.workspace.packedPath(capsule.id)
        case nil: path = nil
        }
        aside = "\(capsule.workspace.temporaryDirectory)/\(Directory.temporaryName("gone"))"
        if path != nil { try Directory.create(aside) }
    }

    deinit { try? Directory.remove(aside) }

    func apply() throws(AmxError) {
        guard let path else { return }
        guard rename(path, "\(aside)/form") == 0 else { throw AmxError.system("cannot remove \(path)") }
        isMoved = true
        try Directory.sync(Directory.parent(of: path))
    }

    func undo() throws(AmxError) {
        guard let path, isMoved else { return }
        guard rename("\(aside)/form", path) == 0 else { throw AmxError.system("cannot restore \(path)") }
        isMoved = false
        try Directory.sync(Directory.parent(of: path))
    }
}
