import Capsules
import Objects

/// A commit's files as one side of a comparison.
struct CommitContent: ComparedContent {
    let repository: Repository
    /// The commit's tree.
    let tree: ObjectID
    let manifest: FileEntry?

    /// Finds a commit's tree.
    init(_ commit: ObjectID, in repository: Repository) throws(AmxError) {
        self.repository = repository
        tree = try repository.commit(commit).tree
        let entry = try repository.entries(ofTree: tree).first { $0.name.elementsEqual(Manifest.fileName.utf8) }
        if let entry, !entry.isTree {
            manifest = FileEntry(path: try TreePath(Manifest.fileName), mode: .regular, id: entry.id)
        } else {
            manifest = nil
        }
    }

    func bytes(of file: FileEntry) throws(AmxError) -> [UInt8] { try repository.read(file.id, as: .blob) }

    func size(of file: FileEntry) throws(AmxError) -> Int { try repository.header(file.id)?.size ?? 0 }

    func isKept(_ file: FileEntry) -> Bool { true }
}
