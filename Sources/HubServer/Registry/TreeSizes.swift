import Objects

/// Counts what the files of trees have together; what several trees share is counted once and added to each.
struct TreeSizes {
    /// How deep folders are looked into, which is deeper than any door lets them be.
    private static let depth = 128

    /// Bytes of the trees that were asked for, and of the folders below.
    private(set) var sizes: [ObjectID: UInt64]
    private let repository: Repository
    private var files: [ObjectID: UInt64] = [:]

    /// Starts with the sizes that are known.
    init(_ repository: Repository, known: [ObjectID: UInt64]) {
        self.repository = repository
        sizes = known
    }

    /// The bytes of a tree's files; nil where something of it cannot be read.
    mutating func size(ofTree id: ObjectID) -> UInt64? {
        id.isZero ? nil : try? count(id, depth: 0)
    }

    private mutating func count(_ id: ObjectID, depth: Int) throws(AmxError) -> UInt64 {
        if let known = sizes[id] { return known }
        guard depth < Self.depth else { throw AmxError(.failure, "tree \(id) is too deep") }
        var total: UInt64 = 0
        for entry in try repository.entries(ofTree: id) {
            let size = try entry.isTree ? count(entry.id, depth: depth + 1) : count(file: entry.id)
            let (sum, isOver) = total.addingReportingOverflow(size)
            guard !isOver else { throw AmxError(.failure, "tree \(id) is too large") }
            total = sum
        }
        sizes[id] = total
        return total
    }

    private mutating func count(file id: ObjectID) throws(AmxError) -> UInt64 {
        if let known = files[id] { return known }
        guard let size = try repository.header(id)?.size else {
            throw AmxError(.notFound, "object \(id) is missing")
        }
        files[id] = UInt64(size)
        return UInt64(size)
    }
}
