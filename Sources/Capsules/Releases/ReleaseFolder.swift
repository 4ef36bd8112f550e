import Objects

/// A folder of bare repositories `<id>.git` that releases are read from, and where its tables lie.
package struct ReleaseFolder: Sendable, Hashable {
    /// The folder's path.
    package let path: String
    /// Who offers what is in it, as in ``OfferedReleases/source``.
    package let source: String
    /// Whether its repositories may share objects with others of a server.
    package let sharesObjects: Bool
    private let tables: String?
    /// Follows the id in a table's name; `@` keeps it apart from every id.
    private let mark: String

    /// A workspace's own store, with tables in the workspace's cache.
    package init(store path: String, source: String = "", cache: String) {
        self.init(path, source: source, tables: "\(cache)/releases", mark: "", sharesObjects: false)
    }

    /// Any other folder, into which nothing is written; its tables lie in `cache` as well, told apart by a digest of its path. Without a
    /// cache nothing is remembered.
    package init(_ path: String, source: String, cache: String?, sharesObjects: Bool = false) {
        let digest = SHA256Hasher.hash(of: Array(path.utf8)).hex.prefix(32)
        self.init(
            path, source: source, tables: cache.map { "\($0)/releases" }, mark: "@\(digest)",
            sharesObjects: sharesObjects)
    }

    private init(_ path: String, source: String, tables: String?, mark: String, sharesObjects: Bool) {
        self.path = path
        self.source = source
        self.tables = tables
        self.mark = mark
        self.sharesObjects = sharesObjects
    }

    /// The repository of a capsule, which need not be there.
    package func repository(of id: CapsuleID) -> String { "\(path)/\(id).git" }

    /// The file that remembers a capsule's releases; nil where nothing is remembered.
    package func table(of id: CapsuleID) -> String? { tables.map { "\($0)/\(id)\(mark)" } }
}
