import Objects

/// Files that one side moved without a change while the other side changed them in their old place.
///
/// Only the same content counts, and only where it is not in doubt: it left one path and came to one path.
struct FileMoves {
    private var versions: [TreePath: FileVersions] = [:]

    /// Empty files have nothing to be known by.
    private static let empty = ObjectID(hex: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")

    init(base: [FileEntry], ours: [FileEntry], theirs: [FileEntry]) {
        let all = FileVersions.all(base: base, ours: ours, theirs: theirs)
        find(in: all, \.ours, other: \.theirs)
        find(in: all, \.theirs, other: \.ours)
    }

    /// The versions with a moved file's changes at its new place, and nothing at its old one.
    func apply(to version: FileVersions) -> FileVersions { versions[version.path] ?? version }

    private mutating func find(
        in all: [FileVersions], _ side: WritableKeyPath<FileVersions, FileEntry?>,
        other: WritableKeyPath<FileVersions, FileEntry?>
    ) {
        var left: [ObjectID: [FileVersions]] = [:]
        var came: [ObjectID: [FileVersions]] = [:]
        for version in all {
            if (version.base ?? version[keyPath: side])?.id == Self.empty { continue }
            if let old = version.base, version[keyPath: side] == nil {
                left[old.id, default: []].append(version)
            } else if version.base == nil, let new = version[keyPath: side] {
                came[new.id, default: []].append(version)
            }
        }
        for (id, sources) in left {
            guard let targets = came[id], sources.count == 1, targets.count == 1,
                let source = sources.first,
                let target = targets.first, let old = source.base, let changed = source[keyPath: other],
                changed != old, target[keyPath: other] == nil
            else { continue }
            // At the new place: the old content, the side that moved it, and the other side's change.
            var moved = FileVersions(path: target.path)
            moved.base = FileEntry(path: target.path, mode: old.mode, id: old.id)
            moved[keyPath: side] = target[keyPath: side]
            moved[keyPath: other] = FileEntry(path: target.path, mode: changed.mode, id: changed.id)
            versions[target.path] = moved
            versions[source.path] = FileVersions(path: source.path)
        }
    }
}
