package import Objects

/// `amx.lock`: what each capsule of a workspace is at.
///
/// Canonical: sorted keys and entries, so that equal content gives equal bytes. `docs/workspace.md` describes the file.
package struct WorkspaceLock: Sendable, Hashable {
    /// The name of the file at a workspace's root.
    package static let fileName = "amx.lock"
    /// The number of this form of the file.
    package static let schema: Int64 = 1
    /// The largest file that is read, in bytes: room for a hundred thousand capsules.
    package static let byteLimit = 64 << 20

    /// The entries, by id and lane.
    package let capsules: [LockedCapsule]

    /// Takes entries in any order; each id and lane once.
    package init(_ capsules: [LockedCapsule] = []) {
        self.capsules = capsules.sorted(by: LockedCapsule.precedes)
    }

    /// The entry that all of the workspace sees.
    package subscript(_ id: CapsuleID) -> LockedCapsule? {
        var (low, high) = (0, capsules.count)
        while low < high {
            let middle = (low + high) / 2
            if capsules[middle].id < id { low = middle + 1 } else { high = middle }
        }
        guard low < capsules.count, capsules[low].id == id, capsules[low].lane == nil else { return nil }
        return capsules[low]
    }

    /// The file's bytes.
    package var encoded: [UInt8] {
        JSONWriter.bytes(
            ["capsules": .array(capsules.map(\.json)), "schema": .integer(Self.schema)], .canonicalPretty)
    }

    /// The capsules that `amx.json` requires and does not develop, and that are at a branch all the same.
    package func undeclared(by manifest: WorkspaceManifest) -> [CapsuleID] {
        let (required, developed) = (Set(manifest.requirements.map(\.id)), Set(manifest.develops))
        return capsules.filter { entry in
            entry.lane == nil && !entry.isRelease && required.contains(entry.id) && !developed.contains(entry.id)
        }.map(\.id)
    }

    /// Throws `.verification` where a capsule that `amx.json` requires is at a branch, and it does not say that it is developed.
    ///
    /// What is developed comes from no place that a requirement names, and waits for no approval: a word in a file that nobody reads must
    /// not make a requirement one.
    package func checkLines(against manifest: WorkspaceManifest) throws(AmxError) {
        guard let id = undeclared(by: manifest).first else { return }
        throw AmxError(
            .verification,
            "\(Self.fileName) has \(id) at a branch, and \(WorkspaceManifest.fileName) requires it and does not say that it is developed",
            hint:
                "where it is to be worked on, add it to `develops` in \(WorkspaceManifest.fileName); else put its release back into \(Self.fileName), and ask who changed that"
        )
    }
}
