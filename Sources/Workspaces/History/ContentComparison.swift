package import Objects

/// The difference between two contents of a capsule, or of the workspace itself.
package struct ContentComparison {
    /// One side of a comparison.
    package enum Side: Sendable, Hashable {
        /// The working form.
        case working
        /// A commit.
        case commit(ObjectID)

        /// The commit's id, or `working`.
        package var label: String {
            switch self {
            case .working: "working"
            case .commit(let id): id.hex
            }
        }
    }

    /// Before.
    package let from: Side
    /// Afterwards.
    package let to: Side
    /// What differs, by path.
    package let changes: [Change]
    private let copy: any WorkingCopy
    private let repository: Repository?

    init(
        _ from: Side, _ to: Side, changes: [Change], of copy: any WorkingCopy, repository: Repository?
    ) {
        (self.from, self.to, self.changes, self.copy, self.repository) = (from, to, changes, copy, repository)
    }

    /// The bytes of a change's old and new file; empty where there is none.
    package func content(of change: Change) throws(AmxError) -> (old: [UInt8], new: [UInt8]) {
        (try bytes(of: change.old, on: from), try bytes(of: change.new, on: to))
    }

    /// The sizes of a change's old and new file in bytes.
    package func sizes(of change: Change) throws(AmxError) -> (old: Int?, new: Int?) {
        (try size(of: change.old, on: from), try size(of: change.new, on: to))
    }

    private func bytes(of entry: FileEntry?, on side: Side) throws(AmxError) -> [UInt8] {
        guard let entry else { return [] }
        if case .commit = side, let repository { return try repository.read(entry.id, as: .blob) }
        return try copy.bytes(of: entry.path)
    }

    private func size(of entry: FileEntry?, on side: Side) throws(AmxError) -> Int? {
        guard let entry else { return nil }
        if case .commit = side, let repository { return try repository.header(entry.id)?.size }
        return try copy.bytes(of: entry.path).count
    }
}

extension WorkingCopy {
    /// Compares: without revisions the current commit with the working form, with one that revision with the working
    /// form, with two the first with the second.
    package func compare(_ first: String?, _ second: String?) throws(AmxError) -> ContentComparison {
        let repository = try repository()
        var position: Position?
        if let repository { position = try self.position(in: repository) }
        let from: ContentComparison.Side?
        if let first {
            let repository = try existingRepository()
            from = .commit(try commit(of: first, in: repository, position: self.position(in: repository)))
        } else {
            from = (position?.base ?? position?.head).map { .commit($0) }
        }
        var to = ContentComparison.Side.working
        if let second {
            let repository = try existingRepository()
            to = .commit(try commit(of: second, in: repository, position: self.position(in: repository)))
        }
        var old: [FileEntry] = []
        if let from { old = try files(of: from, in: repository) }
        let new = try files(of: to, in: repository)
        return ContentComparison(
            from ?? .commit(.zero), to, changes: Change.between(old, new), of: self, repository: repository)
    }

    private func files(of side: ContentComparison.Side, in repository: Repository?) throws(AmxError) -> [FileEntry] {
        switch side {
        case .working: return try content().entries
        case .commit(let id):
            guard let repository else { throw missing() }
            return try repository.files(ofTree: repository.commit(id).tree)
        }
    }
}
