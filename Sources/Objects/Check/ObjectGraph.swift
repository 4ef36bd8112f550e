/// What the objects of a repository are and what they refer to, as found by reading every one.
///
/// About 80 bytes for an object and 24 for a reference. Not for use by several threads at once.
final class ObjectGraph {
    /// One reference of an object to another.
    private struct Link {
        let id: ObjectID
        let kind: ObjectKind
    }

    /// The kinds of all objects whose content is what their id says.
    private(set) var kinds: [ObjectID: ObjectKind] = [:]
    /// Objects that should be in a file that is damaged; another copy may be whole.
    private var doubtful: Set<ObjectID> = []
    private var ranges: [ObjectID: Range<Int>] = [:]
    private var links: [Link] = []
    private var problems: [ObjectID: AmxError] = [:]
    /// Objects that a damaged pack should hold, by the pack's place.
    private(set) var lost: [ObjectID: String] = [:]
    /// Objects that nothing here holds, and what refers to them; known once references have been followed.
    private(set) var missing: [(id: ObjectID, kind: ObjectKind, user: String)] = []

    /// Notes an object that is there.
    func add(_ id: ObjectID, _ kind: ObjectKind) { kinds[id] = kind }

    /// Notes an object that should be in a damaged file.
    func doubt(_ id: ObjectID) { doubtful.insert(id) }

    /// Notes an object that cannot be read from the pack that should hold it.
    func lose(_ id: ObjectID, in pack: String) {
        lost[id] = pack
        doubt(id)
    }

    /// Shows every reference from one object to another.
    func forEachLink(_ body: (_ source: ObjectID, _ target: ObjectID) -> Void) {
        for (source, range) in ranges {
            for link in links[range] { body(source, link.id) }
        }
    }

    /// What an object that refers to another takes it for; nil when it does not.
    func kind(_ target: ObjectID, linkedFrom source: ObjectID) -> ObjectKind? {
        links[ranges[source] ?? 0..<0].first { $0.id == target }?.kind
    }

    /// Notes an object with what it refers to and what is wrong with its form.
    func add(_ id: ObjectID, _ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer, problem: AmxError?) {
        kinds[id] = kind
        guard kind != .blob, ranges[id] == nil else { return }
        let start = links.count
        do throws(AmxError) {
            switch kind {
            case .blob: break
            case .tree:
                for entry in try TreeEntry.parse(bytes, tree: id) where entry.mode != 0o160000 {
                    links.append(Link(id: entry.id, kind: entry.isTree ? .tree : .blob))
                }
            case .commit:
                let commit = try Commit(parsing: Array(bytes), id: id)
                links.append(Link(id: commit.tree, kind: .tree))
                links += commit.parents.map { Link(id: $0, kind: .commit) }
            case .tag:
                let tag = try Tag(parsing: Array(bytes), id: id)
                links.append(Link(id: tag.target, kind: tag.targetKind))
            }
            problems[id] = problem
        } catch { problems[id] = problem ?? error }
        ranges[id] = start..<links.count
    }

    /// The object that a tag is about in the end; nil for what is no tag.
    func peeled(_ id: ObjectID) -> ObjectID? {
        guard kinds[id] == .tag else { return nil }
        var current = id
        for _ in 0..<16 {
            guard kinds[current] == .tag, let range = ranges[current], let link = links[range].first else {
                return current
            }
            current = link.id
        }
        return nil
    }

    /// Whether an object is there, or should be in a file that is damaged.
    func holds(_ id: ObjectID) -> Bool { kinds[id] != nil || doubtful.contains(id) }

    /// Follows all references from the tips, and returns the commits that they reach; parents of `shallow` ones may be missing.
    func reach(
        from tips: [ObjectID], shallow: Set<ObjectID>, _ report: (FsckFinding) -> Void
    ) -> [ObjectID] {
        var seen = Set(tips)
        var pending = tips.filter { kinds[$0] != nil }
        var commits: [ObjectID] = []
        while let id = pending.popLast() {
            guard let kind = kinds[id] else { continue }
            if kind == .commit { commits.append(id) }
            if let problem = problems[id] {
                report(
                    FsckFinding(
                        .object, id.hex, "\(kind.rawValue): \(problem.finding)",
                        hint: problem.hint ?? FsckFinding.replace))
            }
            for link in links[ranges[id] ?? 0..<0] {
                if let found = kinds[link.id], found != link.kind {
                    report(
                        FsckFinding(
                            .object, link.id.hex,
                            "\(kind.rawValue) \(id) takes it for a \(link.kind.rawValue): it is a \(found.rawValue)",
                            hint: FsckFinding.replace))
                }
                guard seen.insert(link.id).inserted else { continue }
                if kinds[link.id] != nil {
                    if link.kind != .blob { pending.append(link.id) }
                } else if !doubtful.contains(link.id), !(link.kind == .commit && shallow.contains(id)) {
                    missing.append((link.id, link.kind, "\(kind.rawValue) \(id)"))
                }
            }
        }
        return commits
    }
}
