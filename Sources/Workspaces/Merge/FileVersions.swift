import Objects

/// The entries that three trees have at one path.
struct FileVersions: Sendable, Hashable {
    let path: TreePath
    var base: FileEntry?
    var ours: FileEntry?
    var theirs: FileEntry?

    /// All paths of three lists, each in bytewise order, in that order.
    static func all(base: [FileEntry], ours: [FileEntry], theirs: [FileEntry]) -> [FileVersions] {
        var versions: [FileVersions] = []
        var (first, second, third) = (0, 0, 0)
        while true {
            let next = [
                first < base.count ? base[first].path : nil, second < ours.count ? ours[second].path : nil,
                third < theirs.count ? theirs[third].path : nil,
            ].compactMap { $0 }.min()
            guard let path = next else { return versions }
            var version = FileVersions(path: path)
            if first < base.count, base[first].path == path {
                version.base = base[first]
                first += 1
            }
            if second < ours.count, ours[second].path == path {
                version.ours = ours[second]
                second += 1
            }
            if third < theirs.count, theirs[third].path == path {
                version.theirs = theirs[third]
                third += 1
            }
            versions.append(version)
        }
    }
}
