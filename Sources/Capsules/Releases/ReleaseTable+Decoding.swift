import Objects
import Versions

extension ReleaseTable {
    /// Reads a file's bytes; nil for what no table of this capsule, made under these limits, has. Nothing in the bytes is trusted.
    init?(decoding bytes: UnsafeRawBufferPointer, of id: CapsuleID, limits: Limits) {
        guard var cursor = TableCursor(of: bytes, startingWith: Self.magic) else { return nil }
        guard cursor.wide() == UInt64(clamping: limits.manifestBytes),
            cursor.wide() == UInt64(clamping: limits.jsonDepth), cursor.wide() == UInt64(clamping: limits.objectBytes),
            let owner = cursor.text(), owner.utf8.elementsEqual(id.string.utf8),
            let stamp = cursor.stamp(), let lists = DependencyLists(&cursor),
            let releases = cursor.list(ofAtLeast: TableCursor.releaseBytes, { $0.release(lists) }), cursor.isAtEnd
        else { return nil }
        self.init(of: id, limits: limits, stamp: stamp.value, releases: releases)
    }
}

/// The lists of dependencies, and the constraints, that a table's releases refer to by number.
private struct DependencyLists {
    let lists: [[Dependency]]
    let constraints: [VersionConstraint]

    init?(_ cursor: inout TableCursor) {
        guard let ids = cursor.list(ofAtLeast: 4, { $0.text().flatMap { try? CapsuleID($0) } }),
            let owners = cursor.list(ofAtLeast: 4, { $0.text().flatMap { try? OwnerName($0) } }),
            let constraints = cursor.list(ofAtLeast: 5, { $0.constraint() }),
            let lists = cursor.list(
                ofAtLeast: 4, { $0.list(ofAtLeast: 13) { $0.dependency(ids, owners, constraints) } })
        else { return nil }
        self.lists = lists
        self.constraints = constraints
    }
}

extension TableCursor {
    /// The least that a release takes: an empty text, four ids, its flags and the number of its list.
    fileprivate static let releaseBytes = 4 + 4 * ObjectID.byteCount + 1 + 4

    /// The stamp of the reference files, or that there is none.
    fileprivate mutating func stamp() -> (value: RefFilesStamp?, Void)? {
        guard let count = number() else { return nil }
        guard count > 0 else { return (nil, ()) }
        var folders: [String] = []
        for _ in 1..<count {
            guard let folder = text() else { return nil }
            folders.append(folder)
        }
        guard let fields = list(ofAtLeast: 8, { $0.wide() }),
            let stamp = RefFilesStamp(folders: folders, fields: fields)
        else { return nil }
        return (stamp, ())
    }

    fileprivate mutating func constraint() -> VersionConstraint? {
        guard let flag = byte(), flag <= 1, let text = text() else { return nil }
        return try? VersionConstraint(parsing: text, prerelease: flag == 1)
    }

    fileprivate mutating func dependency(
        _ ids: [CapsuleID], _ owners: [OwnerName], _ constraints: [VersionConstraint]
    ) -> Dependency? {
        let kinds = Dependency.Kind.allCases
        guard let kind = byte(), kind < kinds.count, let owner = number(), owner <= owners.count, let id = number(),
            id < ids.count, let constraint = number(), constraint < constraints.count
        else { return nil }
        return Dependency(
            kind: kinds[Int(kind)], owner: owner == 0 ? nil : owners[owner - 1], id: ids[id],
            constraint: constraints[constraint])
    }

    fileprivate mutating func release(_ dependencies: DependencyLists) -> Release? {
        guard let version = text().flatMap({ SemanticVersion($0) }), let tag = objectID(), let commit = objectID(),
            let tree = objectID(), let manifest = objectID(), let flags = byte(), flags & ~ReleaseFlags.all == 0
        else { return nil }
        var digest: ContentDigest?
        if flags & ReleaseFlags.digest != 0 {
            guard let found = contentDigest() else { return nil }
            digest = found
        }
        var problem: String?
        if flags & ReleaseFlags.problem != 0 {
            guard let words = text() else { return nil }
            problem = words
        }
        var aimatrixVersion: VersionConstraint?
        if flags & ReleaseFlags.aimatrixVersion != 0 {
            guard let place = number(), place < dependencies.constraints.count else { return nil }
            aimatrixVersion = dependencies.constraints[place]
        }
        guard let list = number(), list < dependencies.lists.count else { return nil }
        return Release(
            version: version, tag: tag, commit: commit, tree: tree, manifest: manifest, digest: digest,
            dependencies: dependencies.lists[list], aimatrixVersion: aimatrixVersion, problem: problem)
    }
}
