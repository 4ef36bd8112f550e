package import Capsules
package import Objects

/// Merges three lists of files into one: what only one side changed is taken, what both changed is merged by what it is.
///
/// It reads objects and writes nothing. Not bound to capsules: `kinds` says how each file merges. Used from one thread.
package struct TreeMerge {
    private let repository: Repository
    private let kinds: FileKinds
    private let labels: MergeLabels
    /// Decides what conflicts, per path or in all of them.
    private let favor: (TreePath) -> MergeSide?
    private var contents: [ObjectID: [UInt8]]
    private var conflicts: [MergeConflict] = []
    private var files: [TreePath: FileEntry] = [:]
    private var names: BesideNames

    /// Merges; `contents` are blobs of the three lists that the repository lacks.
    ///
    /// `.conflict` when the result would break the tree rules.
    package static func merge(
        base: [FileEntry], ours: [FileEntry], theirs: [FileEntry], in repository: Repository,
        kinds: FileKinds,
        labels: MergeLabels, contents: [ObjectID: [UInt8]] = [:],
        favor: (TreePath) -> MergeSide? = { _ in nil }
    ) throws(AmxError) -> MergedTree {
        try withoutActuallyEscaping(favor) { favor throws(AmxError) in
            var merge = TreeMerge(
                repository: repository, kinds: kinds, labels: labels, favor: favor, contents: contents,
                names: BesideNames(avoiding: base + ours + theirs))
            return try merge.run(base, ours, theirs)
        }
    }

    private init(
        repository: Repository, kinds: FileKinds, labels: MergeLabels,
        favor: @escaping (TreePath) -> MergeSide?,
        contents: [ObjectID: [UInt8]], names: BesideNames
    ) {
        (self.repository, self.kinds, self.labels, self.favor) = (repository, kinds, labels, favor)
        (self.contents, self.names) = (contents, names)
    }

    private mutating func run(
        _ base: [FileEntry], _ ours: [FileEntry], _ theirs: [FileEntry]
    ) throws(AmxError) -> MergedTree {
        let moves = FileMoves(base: base, ours: ours, theirs: theirs)
        for version in FileVersions.all(base: base, ours: ours, theirs: theirs) {
            try merge(moves.apply(to: version))
        }
        try makeWayForFolders(ours: Set(ours.map(\.path)))
        let files = files.values.sorted { $0.path < $1.path }
        do throws(AmxError) {
            try TreeRules.check(sorted: files.map(\.path))
        } catch {
            throw AmxError(
                .conflict, "the merged content would break a rule: \(error.message)",
                hint: "rename or remove one of them on its branch, commit that, and merge again",
                cause: error)
        }
        let used = Set(files.map(\.id))
        return MergedTree(
            files: files,
            contents: contents.filter { used.contains($0.key) && !repository.contains($0.key) },
            conflicts: conflicts.sorted { $0.path < $1.path }.map { conflict in
                var conflict = conflict
                conflict.type = kinds.type(of: conflict.path, values: conflict.values)
                return conflict
            })
    }

    // MARK: One path

    private mutating func merge(_ file: FileVersions) throws(AmxError) {
        let (base, ours, theirs) = (file.base, file.ours, file.theirs)
        if ours == theirs || theirs == base { return take(ours) }
        if ours == base { return take(theirs) }
        switch (ours, theirs) {
        case (.some(let left), .some(let right)): try merge(base, left, right)
        case (.some(let changed), nil), (nil, .some(let changed)):
            var conflict = MergeConflict(file.path, .removed)
            conflict.side = ours == nil ? .ours : .theirs
            guard let side = favor(file.path) else {
                take(changed)
                conflicts.append(conflict)
                return
            }
            take(side == .ours ? ours : side == .theirs ? theirs : base)
        case (nil, nil): break
        }
    }

    private mutating func merge(_ base: FileEntry?, _ ours: FileEntry, _ theirs: FileEntry)
        throws(AmxError)
    {
        let path = ours.path
        var merged = ours
        if let mode = Self.merged(base?.mode, ours.mode, theirs.mode) {
            merged.mode = mode
        } else if let side = favor(path) {
            merged.mode = side == .theirs ? theirs.mode : ours.mode
        } else {
            conflicts.append(MergeConflict(path, .mode))
        }
        if ours.id == theirs.id || theirs.id == base?.id { return take(merged) }
        if ours.id == base?.id {
            merged.id = theirs.id
            return take(merged)
        }
        let old: [UInt8]?
        if let base { old = try bytes(base.id) } else { old = nil }
        let merge = try FileMerge(
            kinds.kind(of: path), base: old, ours: bytes(ours.id), theirs: bytes(theirs.id),
            labels: labels,
            favor: favor(path))
        guard merge.content.count <= Limits.standard.objectBytes else {
            throw Limits.standard.passed(
                .objectBytes, "merged, \(path.string) would have \(merge.content.count) bytes")
        }
        merged.id = try add(merge.content)
        take(merged)
        guard let found = merge.conflict else { return }
        var conflict = MergeConflict(path, MergeConflict.Kind(found.kind))
        (conflict.values, conflict.rows) = (found.values, found.rows)
        if found.keepsTheirs {
            let beside = try names.name(for: path, of: .theirs)
            take(FileEntry(path: beside, mode: theirs.mode, id: theirs.id))
            conflict.beside = beside
        }
        // One entry a path: a mode that conflicts too is settled with the content.
        conflicts.removeAll { $0.path == path }
        conflicts.append(conflict)
    }

    /// A mode that only one side changed; nil when both sides gave a new file different ones.
    private static func merged(_ base: FileMode?, _ ours: FileMode, _ theirs: FileMode) -> FileMode? {
        if ours == theirs || theirs == base { return ours }
        return ours == base ? theirs : nil
    }

    private mutating func take(_ entry: FileEntry?) {
        if let entry { files[entry.path] = entry }
    }

    // MARK: Files where folders are

    /// Gives files another name whose own is also a folder's.
    private mutating func makeWayForFolders(ours: Set<TreePath>) throws(AmxError) {
        var folders: Set<TreePath> = []
        for path in files.keys {
            var folder = path.parent
            while let current = folder, folders.insert(current).inserted { folder = current.parent }
        }
        for path in files.keys.filter(folders.contains).sorted() {
            guard let file = files.removeValue(forKey: path) else { continue }
            let side: MergeSide = ours.contains(path) ? .ours : .theirs
            let beside = try names.name(for: path, of: side)
            take(FileEntry(path: beside, mode: file.mode, id: file.id))
            var conflict = MergeConflict(path, .folder)
            (conflict.beside, conflict.side) = (beside, side)
            conflicts.removeAll { $0.path == path }
            conflicts.append(conflict)
        }
    }

    // MARK: Content

    private func bytes(_ id: ObjectID) throws(AmxError) -> [UInt8] {
        if let known = contents[id] { return known }
        return try repository.read(id, as: .blob)
    }

    private mutating func add(_ content: [UInt8]) throws(AmxError) -> ObjectID {
        let id = try content.span.withUnsafeBytes { bytes throws(AmxError) in
            try Repository.objectID(of: bytes, kind: .blob)
        }
        if contents[id] == nil, !repository.contains(id) { contents[id] = content }
        return id
    }
}
