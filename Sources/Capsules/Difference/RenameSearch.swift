import Objects

/// Finds files that were moved, by their content: first those whose content is the same, then, as git does, text of which at least half
/// stayed.
struct RenameSearch {
    /// The least similarity of a moved file, in percent.
    static let threshold = 50
    /// The least similarity of two files that alone have their name, which are taken for each other first.
    private static let nameThreshold = 75
    /// Files over this size are only compared by identity.
    static let fileBytes = 1 << 20
    /// How many bytes are read at most.
    private static let totalBytes = 64 << 20
    /// How many pairs are compared at most; more are only compared by identity and by name.
    private static let pairs = 100_000

    private let old: any ComparedContent
    private let new: any ComparedContent
    private var gone: [FileEntry]
    private var came: [FileEntry]
    private var found: [ChangedFile] = []

    /// Joins what was deleted here and added there; the result is in the order of the paths afterwards.
    static func joining(
        _ changes: [ChangedFile], _ old: any ComparedContent, _ new: any ComparedContent
    ) throws(AmxError) -> [ChangedFile] {
        var search = RenameSearch(changes, old, new)
        guard !search.gone.isEmpty, !search.came.isEmpty else { return changes }
        search.matchIdentical()
        try search.matchSimilar()
        let joined = changes.filter { $0.from != nil && $0.to != nil }
        let rest = (search.gone.map { ChangedFile($0, nil) } + search.came.map { ChangedFile(nil, $0) }).compactMap(
            \.self)
        return (joined + search.found + rest).sorted { left, right in
            guard let first = left.path, let second = right.path else { return false }
            return first < second
        }
    }

    private init(_ changes: [ChangedFile], _ old: any ComparedContent, _ new: any ComparedContent) {
        (self.old, self.new) = (old, new)
        gone = changes.compactMap { $0.to == nil ? $0.from : nil }
        came = changes.compactMap { $0.from == nil ? $0.to : nil }
    }

    private mutating func take(_ from: FileEntry, _ to: FileEntry, _ similarity: Int) {
        if let change = ChangedFile(from, to, similarity: similarity) { found.append(change) }
    }

    private mutating func dropTaken() {
        let (from, to) = (Set(found.compactMap(\.from?.path)), Set(found.compactMap(\.to?.path)))
        gone.removeAll { from.contains($0.path) }
        came.removeAll { to.contains($0.path) }
    }

    /// Pairs equal contents; among several, files of the same name first.
    private mutating func matchIdentical() {
        var sources = Dictionary(grouping: gone, by: \.id).mapValues { Array($0.reversed()) }
        var waiting: [FileEntry] = []
        for file in came {
            let candidates = sources[file.id] ?? []
            if let index = candidates.lastIndex(where: { $0.path.name == file.path.name }) {
                take(candidates[index], file, 100)
                sources[file.id]?.remove(at: index)
            } else {
                waiting.append(file)
            }
        }
        for file in waiting {
            if let source = sources[file.id]?.popLast() { take(source, file, 100) }
        }
        dropTaken()
    }

    private mutating func matchSimilar() throws(AmxError) {
        var budget = Self.totalBytes
        let sources = try chunks(of: gone, in: old, &budget)
        let targets = try chunks(of: came, in: new, &budget)
        guard !sources.isEmpty, !targets.isEmpty else { return }
        // Files that alone have their name on either side.
        let names = (Self.distinctNames(gone), Self.distinctNames(came))
        for (name, from) in names.0.sorted(by: { $0.value.path < $1.value.path }) {
            guard let to = names.1[name], let first = sources[from.path], let second = targets[to.path] else {
                continue
            }
            let similarity = first.similarity(to: second)
            if similarity >= Self.nameThreshold { take(from, to, similarity) }
        }
        dropTaken()
        let (from, to) = (gone.filter { sources[$0.path] != nil }, came.filter { targets[$0.path] != nil })
        guard from.count * to.count <= Self.pairs else { return }
        struct Candidate {
            let from: Int
            let to: Int
            let similarity: Int
            let isSameName: Bool
        }
        var candidates: [Candidate] = []
        for (j, target) in to.enumerated() {
            guard let second = targets[target.path] else { continue }
            for (i, source) in from.enumerated() {
                guard let first = sources[source.path], first.canBeSimilar(to: second) else { continue }
                let similarity = first.similarity(to: second)
                guard similarity >= Self.threshold else { continue }
                candidates.append(
                    Candidate(
                        from: i, to: j, similarity: similarity, isSameName: source.path.name == target.path.name))
            }
        }
        candidates.sort { left, right in
            if left.similarity != right.similarity { return left.similarity > right.similarity }
            if left.isSameName != right.isSameName { return left.isSameName }
            return (left.to, left.from) < (right.to, right.from)
        }
        var (usedFrom, usedTo) = (Set<Int>(), Set<Int>())
        for candidate in candidates where !usedFrom.contains(candidate.from) && !usedTo.contains(candidate.to) {
            usedFrom.insert(candidate.from)
            usedTo.insert(candidate.to)
            take(from[candidate.from], to[candidate.to], candidate.similarity)
        }
        dropTaken()
    }

    /// The files that no other shares its name with, by name.
    private static func distinctNames(_ files: [FileEntry]) -> [[UInt8]: FileEntry] {
        Dictionary(grouping: files) { Array($0.path.name.utf8) }.compactMapValues { $0.count == 1 ? $0.first : nil }
    }

    private func chunks(
        of files: [FileEntry], in content: any ComparedContent, _ budget: inout Int
    ) throws(AmxError) -> [TreePath: TextChunks] {
        var result: [TreePath: TextChunks] = [:]
        for file in files {
            let size = try content.size(of: file)
            guard size > 0, size <= Self.fileBytes, size <= budget else { continue }
            budget -= size
            let bytes = try content.bytes(of: file)
            // Vectors and pictures are the same file only when they are equal.
            guard !bytes.prefix(8_000).contains(0) else { continue }
            result[file.path] = TextChunks(bytes)
        }
        return result
    }
}

extension TextChunks {
    /// Whether the sizes alone leave it possible that enough is common.
    fileprivate func canBeSimilar(to other: TextChunks) -> Bool {
        min(size, other.size) * 100 >= max(size, other.size) * RenameSearch.threshold
    }
}
