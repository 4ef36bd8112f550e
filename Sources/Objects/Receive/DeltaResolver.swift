/// Turns the deltas of a scanned pack into objects: applies, hashes and checks each once, in time linear in the results.
///
/// Deltas are resolved from their bases outwards, so a pack's order costs nothing and a cycle is a base that is missing.
/// What is in memory is one base, one delta, one result and at most ``residentBytes`` of bases that are needed again; those
/// that were let go are made anew, and count against `packExpandedBytes`.
struct DeltaResolver {
    /// How many bytes of bases are kept on the way to a deeper delta.
    static let residentBytes = 64 << 20

    /// An object of the repository that a thin pack has deltas against.
    struct ExternalBase {
        let id: ObjectID
        let kind: ObjectKind
    }

    private struct Frame {
        var content: [UInt8]?
        let entry: Int?
        let kind: ObjectKind
        let children: [Int]
        var next = 0
    }

    private(set) var entries: [PackEntry]
    private(set) var ids: [ObjectID]
    /// The bases that the pack does not hold, each once.
    private(set) var externals: [ExternalBase] = []
    private let references: [ObjectID]
    private let file: PackFile
    private let intake: ObjectIntake
    private let limits: Limits
    private var expanded: Int
    private let fetch: (ObjectID) throws(AmxError) -> (kind: ObjectKind, content: [UInt8])?

    // Deltas by the place of their base, and by its id.
    private let byPlace: [(base: UInt32, delta: UInt32)]
    private let byID: [(base: ObjectID, delta: UInt32)]
    // External bases that no delta of the pack has given so far.
    private var standIns: Set<ObjectID> = []
    private var frames: [Frame] = []
    private var resident = 0

    /// Prepares for what a scanner has found; `fetch` reads an object of the repository, nil when it has none.
    init(
        _ scanner: PackScanner, file: PackFile, intake: ObjectIntake,
        fetch: @escaping (ObjectID) throws(AmxError) -> (kind: ObjectKind, content: [UInt8])?
    ) {
        entries = scanner.entries
        ids = scanner.ids
        references = scanner.references
        limits = scanner.limits
        expanded = scanner.expanded
        self.file = file
        self.intake = intake
        self.fetch = fetch
        var byPlace: [(base: UInt32, delta: UInt32)] = []
        var byID: [(base: ObjectID, delta: UInt32)] = []
        for (index, entry) in scanner.entries.enumerated() {
            switch entry.form {
            case .whole: continue
            case .offsetDelta: byPlace.append((entry.base, UInt32(index)))
            case .referenceDelta: byID.append((scanner.references[Int(entry.base)], UInt32(index)))
            }
        }
        byPlace.sort { ($0.base, $0.delta) < ($1.base, $1.delta) }
        byID.sort { $0.base == $1.base ? $0.delta < $1.delta : $0.base < $1.base }
        self.byPlace = byPlace
        self.byID = byID
    }

    /// Resolves every delta, or throws at the first that cannot be.
    mutating func resolve() throws(AmxError) {
        guard !byPlace.isEmpty || !byID.isEmpty else { return }
        for index in entries.indices where entries[index].form == .whole {
            guard let kind = entries[index].kind else { continue }
            try descend(from: index, kind: kind, children: children(of: index, id: ids[index]))
        }
        for (base, delta) in byID where entries[Int(delta)].kind == nil {
            guard let object = try fetch(base) else {
                throw PackRefusal.malformed("it has a delta against \(base), which is neither in it nor here")
            }
            externals.append(ExternalBase(id: base, kind: object.kind))
            standIns.insert(base)
            try work(object.content.count)
            try descend(from: nil, kind: object.kind, content: object.content, children: children(of: nil, id: base))
        }
        guard let left = entries.firstIndex(where: { $0.kind == nil }) else { return }
        throw PackRefusal.malformed("the delta at byte \(entries[left].offset) has no base")
    }

    /// The deltas against an object, those that have deltas themselves last.
    private func children(of index: Int?, id: ObjectID?) -> [Int] {
        var children: [Int] = []
        if let index {
            var at = byPlace.partitioningIndex { $0.base >= index }
            while at < byPlace.count, byPlace[at].base == index {
                children.append(Int(byPlace[at].delta))
                at += 1
            }
        }
        if let id, !byID.isEmpty {
            var at = byID.partitioningIndex { $0.base >= id }
            while at < byID.count, byID[at].base == id {
                children.append(Int(byID[at].delta))
                at += 1
            }
        }
        guard children.count > 1 else { return children }
        let parents = children.filter { isBase($0) }
        return parents.isEmpty ? children : children.filter { !isBase($0) } + parents
    }

    private func isBase(_ index: Int) -> Bool {
        let at = byPlace.partitioningIndex { $0.base >= index }
        return at < byPlace.count && byPlace[at].base == index
    }

    /// Resolves all deltas that stand on one object, depth first.
    private mutating func descend(
        from root: Int?, kind: ObjectKind, content: [UInt8]? = nil, children: [Int]
    ) throws(AmxError) {
        guard !children.isEmpty else { return }
        push(Frame(content: content, entry: root, kind: kind, children: children))
        defer {
            frames.removeAll()
            resident = 0
        }
        while let top = frames.indices.last {
            guard frames[top].next < frames[top].children.count else {
                release(top)
                frames.removeLast()
                continue
            }
            let child = frames[top].children[frames[top].next]
            frames[top].next += 1
            guard entries[child].kind == nil else { throw duplicate(ids[child]) }
            guard frames.count <= limits.deltaDepth else { throw tooDeep(entries[child].offset) }
            try restore(top)
            let result = try apply(child, to: frames[top].content ?? [])
            let id = try intake.accept(kind, result)
            ids[child] = id
            entries[child].kind = kind
            // A base that is not needed again makes room at once: a chain needs two objects, however long it is.
            if frames[top].next == frames[top].children.count { release(top) }
            // The deltas that name this object are resolved already when the repository's copy has stood in for it.
            let isNamed = standIns.remove(id) == nil
            let grandchildren = self.children(of: child, id: isNamed ? id : nil)
            if !grandchildren.isEmpty {
                push(Frame(content: result, entry: child, kind: kind, children: grandchildren))
            }
        }
    }

    private func apply(_ delta: Int, to base: [UInt8]) throws(AmxError) -> [UInt8] {
        let instructions = try file.data(of: entries[delta])
        let result = instructions.withUnsafeBytes { instructions in
            base.withUnsafeBytes { DeltaInstructions.apply(instructions, to: $0) }
        }
        guard let result else {
            throw PackRefusal.malformed("the delta at byte \(entries[delta].offset) does not fit its base")
        }
        return result
    }

    // MARK: Bases in memory

    private mutating func push(_ frame: Frame) {
        resident += frame.content?.count ?? 0
        frames.append(frame)
        var oldest = 0
        while resident > Self.residentBytes, oldest < frames.count - 1 {
            release(oldest)
            oldest += 1
        }
    }

    private mutating func release(_ index: Int) {
        resident -= frames[index].content?.count ?? 0
        frames[index].content = nil
    }

    /// Makes the content of a frame anew from the nearest one that still has its own.
    private mutating func restore(_ index: Int) throws(AmxError) {
        guard frames[index].content == nil else { return }
        var start = index
        while start > 0, frames[start].content == nil { start -= 1 }
        var content: [UInt8]
        if let kept = frames[start].content {
            content = kept
        } else if let entry = frames[start].entry {
            try work(Int(entries[entry].objectSize))
            content = try file.data(of: entries[entry])
        } else {
            // The root of a thin pack's chain is in the repository and may not be gone now.
            guard let id = externals.last?.id, let object = try fetch(id) else {
                throw AmxError(
                    .failure, "cannot take the pack: an object of the repository has gone", hint: AmxError.damagedStore)
            }
            try work(object.content.count)
            content = object.content
        }
        for step in frames[..<(index + 1)].indices where step > start {
            guard let entry = frames[step].entry else { continue }
            try work(Int(entries[entry].objectSize))
            content = try apply(entry, to: content)
        }
        frames[index].content = content
        resident += content.count
    }

    private mutating func work(_ size: Int) throws(AmxError) {
        let (sum, overflow) = expanded.addingReportingOverflow(size)
        guard !overflow, sum <= limits.packExpandedBytes else {
            throw PackRefusal.over("it expands to more", limit: limits.packExpandedBytes, setting: "packExpandedBytes")
        }
        expanded = sum
    }

    private func duplicate(_ id: ObjectID) -> AmxError { PackRefusal.malformed("object \(id) stands in it twice") }

    private func tooDeep(_ offset: UInt64) -> AmxError {
        PackRefusal.over("the delta at byte \(offset) is deeper", limit: limits.deltaDepth, setting: "deltaDepth")
    }
}
