/// How large the capsule below a tree is, counted as if every path were written out.
struct TreeExtent {
    /// Files, by path.
    var files = 0
    /// The components of the deepest path.
    var depth = 0
    /// The bytes of the longest path.
    var pathBytes = 0
    /// The inflated bytes of all files.
    var fileBytes = 0
}

/// Measures trees from the bottom up, each tree object once, however often it occurs.
///
/// A tree that names another many times is counted in full without being walked in full, so a handful of trees with ten
/// thousand million paths is refused at once.
struct TreeExtents {
    private let incoming: IncomingObjects
    private let limits: Limits
    private var known: [ObjectID: TreeExtent] = [:]
    private var commit = ObjectID.zero
    // The names of the folders that are being measured, for errors.
    private var folders: [[UInt8]] = []

    init(_ incoming: IncomingObjects) {
        self.incoming = incoming
        limits = incoming.limits
    }

    /// Throws when the capsule with this root tree, the one of `commit`, passes a limit or lacks an object.
    mutating func check(root: ObjectID, of commit: ObjectID) throws(AmxError) {
        self.commit = commit
        folders = []
        _ = try extent(of: root, depth: 1)
    }

    private mutating func extent(of tree: ObjectID, depth: Int) throws(AmxError) -> TreeExtent {
        if let extent = known[tree] { return extent }
        // Bounds the recursion; what is known already is bounded by the sums below.
        guard depth <= TreeRules.depth else { throw tooDeep() }
        var sum = TreeExtent()
        for entry in try incoming.reader.entries(ofTree: tree) {
            var part = TreeExtent(files: 1, depth: 0, pathBytes: 0, fileBytes: 0)
            if entry.isTree {
                folders.append(entry.name)
                part = try extent(of: entry.id, depth: depth + 1)
                folders.removeLast()
            } else {
                guard let header = try incoming.header(entry.id) else {
                    throw PackRefusal.object(tree, .tree, "its blob \(entry.id) is missing")
                }
                part.fileBytes = header.size
            }
            sum.files = try add(sum.files, part.files, .entries, "its capsule has too many files")
            sum.fileBytes = try add(
                sum.fileBytes, part.fileBytes, .expandedBytes, "its capsule's files are too large together")
            sum.depth = max(sum.depth, part.depth + 1)
            let below = part.pathBytes > 0 ? part.pathBytes + 1 : 0
            sum.pathBytes = max(sum.pathBytes, entry.name.count + below)
            guard sum.depth <= TreeRules.depth else { throw tooDeep() }
            guard sum.pathBytes <= TreeRules.pathBytes else {
                throw refusal(
                    "a path \(place(entry.name)) is longer than \(TreeRules.pathBytes) bytes", hint: "shorten the names"
                )
            }
        }
        known[tree] = sum
        return sum
    }

    private func add(
        _ left: Int, _ right: Int, _ name: Limits.Name, _ what: String
    ) throws(AmxError) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        guard !overflow, sum <= limits[name] else {
            throw refusal(
                "\(what): the limit '\(name.rawValue)' is \(limits[name])",
                hint: "split the capsule, or \(Limits.raised(name.rawValue))")
        }
        return sum
    }

    private func tooDeep() -> AmxError {
        refusal(
            "a path \(place(nil)) has more than \(TreeRules.depth) components",
            hint: "move its files to folders nearer to the capsule's root")
    }

    /// Where the measuring has come to.
    private func place(_ name: [UInt8]?) -> String {
        let names = folders + (name.map { [$0] } ?? [])
        let path = Array(names.joined(separator: [0x2F]))
        let start = path.prefix(200)
        return "below '\(TreeRules.printable(start))\(start.count < path.count ? "..." : "")'"
    }

    private func refusal(_ why: String, hint: String) -> AmxError {
        AmxError(.failure, "cannot take commit \(commit.abbreviated): \(why)", hint: hint)
    }
}
