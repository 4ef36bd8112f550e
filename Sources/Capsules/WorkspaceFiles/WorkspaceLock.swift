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

    /// The capsules that are at a branch although `amx.json` neither develops nor follows them.
    package func undeclared(by manifest: WorkspaceManifest?) -> [CapsuleID] {
        let declared = Set((manifest?.develops ?? []) + (manifest?.follows ?? []))
        return capsules.filter { $0.isAtBranch && !declared.contains($0.id) }.map(\.id)
    }

    /// Throws `.verification` where a capsule is at a branch, and `amx.json` does not say that it is developed or followed.
    ///
    /// What is at a branch comes from no place that a requirement names, and waits for no approval, whoever requires it: a word in a file
    /// that nobody reads must not make a release one. Nothing that the lock itself says counts, such as who asks for the capsule.
    package func checkLines(against manifest: WorkspaceManifest?) throws(AmxError) {
        guard let id = undeclared(by: manifest).first else { return }
        throw AmxError(
            .verification,
            "\(Self.fileName) has \(id) at a branch, and \(WorkspaceManifest.fileName) does not say that it is developed or followed here",
            hint:
                "where that is wanted, add it to `develops` in \(WorkspaceManifest.fileName), or to `follows` if others work on it; else put its release back into \(Self.fileName), and ask who changed that"
        )
    }
}

extension LockedCapsule {
    /// Whether what all of the workspace sees of the capsule is a branch.
    package var isAtBranch: Bool { lane == nil && !isRelease }
}
