package import Capsules
package import Objects

/// What two commits have in common: the files that a merge compares both with.
package struct MergeBase {
    /// The files.
    package let files: [FileEntry]
    /// Contents that only a merge of several common ancestors has.
    package let contents: [ObjectID: [UInt8]]

    /// How deep common ancestors of common ancestors are looked for.
    private static let depth = 8

    /// Finds the best common ancestor, or merges several into one; nil when the histories have nothing in common.
    ///
    /// What conflicts between several is taken as it was before them, so that the sides are asked about it again.
    package static func find(
        _ ours: ObjectID, _ theirs: ObjectID, in repository: Repository, kinds: FileKinds
    ) throws(AmxError) -> MergeBase? {
        try find(ours, theirs, in: repository, kinds: kinds, depth: 0)
    }

    private static func find(
        _ ours: ObjectID, _ theirs: ObjectID, in repository: Repository, kinds: FileKinds, depth: Int
    ) throws(AmxError) -> MergeBase? {
        let bases = try CommitWalk(repository).mergeBases(ours, theirs)
        guard let first = bases.first else { return nil }
        var merged = MergeBase(
            files: try repository.files(ofTree: repository.commit(first).tree), contents: [:])
        guard depth < Self.depth else { return merged }
        for next in bases.dropFirst() {
            let files = try repository.files(ofTree: repository.commit(next).tree)
            let before = try find(first, next, in: repository, kinds: kinds, depth: depth + 1)
            let contents = merged.contents.merging(before?.contents ?? [:]) { known, _ in known }
            do throws(AmxError) {
                let tree = try TreeMerge.merge(
                    base: before?.files ?? [], ours: merged.files, theirs: files, in: repository,
                    kinds: kinds,
                    labels: MergeLabels(ours: first.abbreviated, theirs: next.abbreviated),
                    contents: contents,
                    favor: { _ in .base })
                merged = MergeBase(
                    files: tree.files, contents: contents.merging(tree.contents) { known, _ in known })
            } catch {
                // Names that no capsule may have together: then the newest common ancestor has to do.
                guard error.code == .conflict else { throw error }
            }
        }
        return merged
    }
}
