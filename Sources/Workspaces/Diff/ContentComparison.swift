package import Capsules
package import Objects

/// The difference between two contents of a capsule, or of the workspace itself.
package struct ContentComparison {
    /// One side of a comparison.
    package enum Side: Sendable, Hashable {
        /// The working form.
        case working
        /// A commit.
        case commit(ObjectID)
        /// A `.kc` file, by its path.
        case file(String)

        /// The commit's id, the file's path, or `working`.
        package var label: String {
            switch self {
            case .working: "working"
            case .commit(let id): id.hex
            case .file(let path): path
            }
        }
    }

    /// Before; the commit ``Objects/ObjectID/zero`` for what was before the first one.
    package let from: Side
    /// Afterwards.
    package let to: Side
    /// What differs, by path; a file that was moved is gone here and new there.
    package let changes: [Change]
    private let old: any ComparedContent
    private let new: any ComparedContent

    /// Compares two `.kc` files, of which every byte is verified; contents are read again where they differ.
    package init(file first: String, with second: String) throws(AmxError) {
        try self.init(
            .file(first), ContainerContent(first, repository: nil), .file(second),
            ContainerContent(second, repository: nil))
    }

    init(
        _ from: Side, _ old: any ComparedContent, _ to: Side, _ new: any ComparedContent
    ) throws(AmxError) {
        (self.from, self.to, self.old, self.new) = (from, to, old, new)
        switch (old, new) {
        case (let old as CommitContent, let new as CommitContent):
            changes = try new.repository.changedFiles(from: old.tree, to: new.tree).compactMap {
                Change($0.old, $0.new)
            }
        case (let old as ContainerContent, let new as ContainerContent):
            changes = try Self.changes(old, new)
        default:
            changes = Change.between(try Self.files(of: old), try Self.files(of: new))
        }
        for case let (side as ContainerContent, paths) in [
            (old, changes.compactMap(\.old?.path)), (new, changes.compactMap(\.new?.path)),
        ] as [(any ComparedContent, [TreePath])] {
            try side.willRead(Set(paths))
        }
    }

    private static func files(of content: any ComparedContent) throws(AmxError) -> [FileEntry] {
        switch content {
        case let commit as CommitContent: try commit.repository.files(ofTree: commit.tree)
        case let working as WorkingSide: working.files
        case let container as ContainerContent: try container.files()
        default: []
        }
    }

    /// Compares two `.kc` files by their checksums, and finds the objects' ids of what differs only.
    private static func changes(_ old: ContainerContent, _ new: ContainerContent) throws(AmxError) -> [Change] {
        let before = Dictionary(old.entries.map { ($0.path, $0) }) { first, _ in first }
        let after = Dictionary(new.entries.map { ($0.path, $0) }) { first, _ in first }
        let left = old.entries.filter { after[$0.path] != $0 }
        let right = new.entries.filter { before[$0.path] != $0 }
        try old.willRead(Set(left.map(\.path)))
        try new.willRead(Set(right.map(\.path)))
        var (files, others): ([FileEntry], [FileEntry]) = ([], [])
        for entry in left { files.append(try old.file(entry)) }
        for entry in right { others.append(try new.file(entry)) }
        return Change.between(files, others)
    }

    /// What differs, in the terms of what it is: see ``Capsules/Difference``.
    package func difference(findsRenames: Bool = true) throws(AmxError) -> Difference {
        try Difference(
            from: old, to: new, changes: changes.compactMap { ChangedFile($0.old, $0.new) }, findsRenames: findsRenames)
    }

    /// The bytes of a change's old and new file; empty where there is none.
    package func content(of change: Change) throws(AmxError) -> (old: [UInt8], new: [UInt8]) {
        try content(change.old, change.new)
    }

    /// The bytes of a file before and one afterwards; empty where there is none.
    package func content(_ from: FileEntry?, _ to: FileEntry?) throws(AmxError) -> (old: [UInt8], new: [UInt8]) {
        var bytes: (old: [UInt8], new: [UInt8]) = ([], [])
        if let from { bytes.old = try old.bytes(of: from) }
        if let to { bytes.new = try new.bytes(of: to) }
        return bytes
    }

    /// The sizes of a change's old and new file in bytes.
    package func sizes(of change: Change) throws(AmxError) -> (old: Int?, new: Int?) {
        try sizes(change.old, change.new)
    }

    /// The sizes in bytes of a file before and one afterwards.
    package func sizes(_ from: FileEntry?, _ to: FileEntry?) throws(AmxError) -> (old: Int?, new: Int?) {
        var sizes: (old: Int?, new: Int?) = (nil, nil)
        if let from { sizes.old = try old.size(of: from) }
        if let to { sizes.new = try new.size(of: to) }
        return sizes
    }
}

extension WorkingCopy {
    /// Compares: without sides the current commit with the working form, with one that side with the working form, with two the first
    /// with the second.
    ///
    /// A side is a revision, the path of a `.kc` file, or `.` for the working form.
    package func compare(_ first: String?, _ second: String?) throws(AmxError) -> ContentComparison {
        let repository = try repository()
        let from = try side(first, in: repository)
        let to = try second == nil ? .working : side(second, in: repository)
        return try ContentComparison(
            from, content(of: from, in: repository), to, content(of: to, in: repository))
    }

    private func side(_ text: String?, in repository: Repository?) throws(AmxError) -> ContentComparison.Side {
        guard let text else {
            guard let repository else { return .commit(.zero) }
            let position = try position(in: repository)
            return .commit(position.base ?? position.head ?? .zero)
        }
        if text == "." { return .working }
        if kind == .capsule, ContentComparison.isContainer(text) { return .file(text) }
        let repository = try existingRepository()
        return .commit(try commit(of: text, in: repository, position: position(in: repository)))
    }

    private func content(
        of side: ContentComparison.Side, in repository: Repository?
    ) throws(AmxError) -> any ComparedContent {
        switch side {
        case .working: return try WorkingSide(self, repository: repository)
        case .file(let path): return try ContainerContent(path, repository: repository)
        case .commit(.zero): return EmptyContent()
        case .commit(let id):
            guard let repository else { throw missing() }
            return try CommitContent(id, in: repository)
        }
    }
}

extension ContentComparison {
    /// Whether a word names a `.kc` file: it ends so, and there is such a file or it can be nothing else.
    package static func isContainer(_ text: String) -> Bool {
        text.hasSuffix(".kc") && (text.contains("/") || Directory.exists(text))
    }

    /// The id that a `.kc` file's manifest states.
    package static func id(ofFile path: String) throws(AmxError) -> CapsuleID {
        let reader = try ContainerReader(path)
        return try Manifest.parse(reader.manifestBytes(), file: "\(path)/\(Manifest.fileName)").id
    }
}
