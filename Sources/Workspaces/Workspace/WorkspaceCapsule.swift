package import Capsules
package import Objects

/// One capsule of a workspace: its working form and its repository.
///
/// A value that only names places; every method reads what is there at that moment.
package struct WorkspaceCapsule: Sendable, Hashable {
    /// The workspace.
    package let workspace: Workspace
    /// The capsule.
    package let id: CapsuleID
}

extension WorkspaceCapsule: WorkingCopy {
    package var kind: RepositoryKind { .capsule }
    package var repositoryPath: String { workspace.repositoryPath(id) }
    package var directoryPath: String { workspace.directoryPath(id) }
    package var packedPath: String? { workspace.packedPath(id) }
    package var statCachePath: String { workspace.statCachePath(id) }
    package var noteName: String { id.string }
    package var foreignPaths: Set<[UInt8]> { [] }

    package func isChecked(_ path: TreePath) -> Bool { path.bytes.elementsEqual(Manifest.fileName.utf8) }

    /// The form that the capsule lies in; nil when it has none. `.conflict` when it lies in both.
    package func form() throws(AmxError) -> Form? {
        let directory = workspace.directoryPath(id)
        let packed = workspace.packedPath(id)
        switch (Directory.isDirectory(directory), Directory.exists(packed)) {
        case (true, true):
            throw AmxError(
                .conflict, "\(id) is here twice: \(directory) and \(packed)",
                hint: "move one of them elsewhere; `amx diff` then shows how the other one differs from the last commit"
            )
        case (true, false): return .directory
        case (false, true): return .packed
        case (false, false): return nil
        }
    }

    package func check(_ content: WorkingContent) throws(AmxError) { try validate(content) }

    /// The error for a capsule that the workspace doesn't know.
    package func missing() -> AmxError {
        AmxError(
            .notFound, "there is no capsule \(id) in \(workspace.root)",
            hint: NearNames.hint(for: id.string, among: (try? workspace.inventory())?.ids.map(\.string) ?? [])
                ?? "`amx status` lists those that are here; `amx pull REMOTE \(id)` brings one from a remote")
    }

    package func command(_ verb: String, _ rest: String...) -> String {
        (["amx", verb, id.string] + rest).joined(separator: " ")
    }
}
