import Objects
import Versions

extension ReleaseTable {
    /// Reads a file's bytes; nil for what no table of this capsule, made under these limits, has. Nothing in the bytes is trusted.
    init?(decoding bytes: UnsafeRawBufferPointer, of id: CapsuleID, limits: Limits) {
        let end = bytes.count - SHA256Digest.byteCount
        guard end > 0, bytes.starts(with: Self.magic) else { return nil }
        let sum = SHA256Hasher.hash(of: UnsafeRawBufferPointer(rebasing: bytes[..<end]))
        guard sum.bytes.elementsEqual(bytes[end...]) else { return nil }
        var cursor = TableCursor(UnsafeRawBufferPointer(rebasing: bytes[Self.magic.count..<end]))
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

/// Steps through a table's bytes: numbers are little-endian, texts and lists have their length before them.
private struct TableCursor {
    /// The least that a release takes: an empty text, four ids, its flags and the number of its list.
    static let releaseBytes = 4 + 4 * ObjectID.byteCount + 1 + 4

    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> Slice<UnsafeRawBufferPointer>? {
        guard count >= 0, count <= rest.count else { return nil }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return taken
    }

    mutating func byte() -> UInt8? { take(1)?.first }

    mutating func wide() -> UInt64? {
        take(8).map { UnsafeRawBufferPointer(rebasing: $0).loadUnaligned(as: UInt64.self).littleEndian }
    }

    mutating func number() -> Int? {
        take(4).map { Int(UnsafeRawBufferPointer(rebasing: $0).loadUnaligned(as: UInt32.self).littleEndian) }
    }

    mutating func text() -> String? {
        guard let count = number(), let bytes = take(count) else { return nil }
        return String(validating: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }

    mutating func objectID() -> ObjectID? {
        take(ObjectID.byteCount).flatMap { ObjectID(bytes: UnsafeRawBufferPointer(rebasing: $0)) }
    }

    /// A list whose elements take at least so many bytes each, so that no more memory is asked for than the file can fill.
    mutating func list<Element>(
        ofAtLeast width: Int, _ element: (inout TableCursor) -> Element?
    ) -> [Element]? {
        guard let count = number(), count <= rest.count / width else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard let next = element(&self) else { return nil }
            elements.append(next)
        }
        return elements
    }

    /// The stamp of the reference files, or that there is none.
    mutating func stamp() -> (value: RefFilesStamp?, Void)? {
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

    mutating func constraint() -> VersionConstraint? {
        guard let flag = byte(), flag <= 1, let text = text() else { return nil }
        return try? VersionConstraint(parsing: text, prerelease: flag == 1)
    }

    mutating func dependency(
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

    mutating func release(_ dependencies: DependencyLists) -> Release? {
        guard let version = text().flatMap({ SemanticVersion($0) }), let tag = objectID(), let commit = objectID(),
            let tree = objectID(), let manifest = objectID(), let flags = byte(), flags & ~ReleaseFlags.all == 0
        else { return nil }
        var digest: ContentDigest?
        if flags & ReleaseFlags.digest != 0 {
            guard let bytes = take(SHA256Digest.byteCount).map({ [UInt8](UnsafeRawBufferPointer(rebasing: $0)) }),
                let sum = SHA256Digest(bytes: bytes)
            else { return nil }
            digest = ContentDigest(sha256: sum)
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
