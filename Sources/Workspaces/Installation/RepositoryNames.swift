import Capsules
import Objects

/// Which capsules had a repository in a workspace at one moment, in the store or waiting.
///
/// For operations on many capsules that are not here yet: whether one has a repository takes five looks at the file system each time.
struct RepositoryNames {
    private let workspace: Workspace
    /// Nil where a folder cannot be listed, so that each capsule has to be looked for by itself.
    private let present: Set<CapsuleID>?

    /// Looks at the folders.
    init(_ workspace: Workspace) {
        self.workspace = workspace
        let folders = [workspace.storeDirectory] + HeldRepository.allCases.map { workspace.directory(of: $0) }
        var present: Set<CapsuleID>? = []
        for folder in folders {
            do throws(AmxError) {
                for name in try Directory.names(in: folder) {
                    let text = String(decoding: name, as: UTF8.self)
                    guard text.hasSuffix(".git"), let id = try? CapsuleID(String(text.dropLast(4))) else { continue }
                    present?.insert(id)
                }
            } catch {
                if error.code != .notFound { present = nil }
            }
        }
        self.present = present
    }

    /// A capsule's repository, in the store or waiting; nil when there was none.
    func repository(_ id: CapsuleID) throws(AmxError) -> Repository? {
        if let present, !present.contains(id) { return nil }
        return try workspace.anyRepository(id)
    }
}
