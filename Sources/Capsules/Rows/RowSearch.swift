/// Finds which rows without keys are the same in two matrices of one layout.
///
/// First rows that stand once in both, of which the longest series in the same order becomes the frame; then repeated rows within the
/// frame's gaps; then repeated rows anywhere; last, changed rows within the gaps.
struct RowSearch {
    private let old: RowMatrix
    private let new: RowMatrix
    /// The rows that are the same.
    private(set) var pairs: [(old: Int, new: Int)] = []
    /// The new rows among them that stand elsewhere.
    private(set) var moved: Set<Int> = []
    private var oldIsTaken: [Bool]
    private var newIsTaken: [Bool]
    /// Pairs in ascending order on both sides.
    private var frame: [(old: Int, new: Int)] = []

    /// What comparing one pair takes beside its rows: two numbers of the table, however short the rows are.
    private static let pairBytes = 16
    /// How many bytes of rows may still be compared for nearness: gaps that would need more are filled in order.
    private var nearnessBytes = 1 << 26

    init(_ old: RowMatrix, _ new: RowMatrix) {
        (self.old, self.new) = (old, new)
        oldIsTaken = Array(repeating: false, count: old.count)
        newIsTaken = Array(repeating: false, count: new.count)
    }

    mutating func run() {
        var start = 0
        let shorter = min(old.count, new.count)
        while start < shorter, old.row(start, equals: start, of: new) { start += 1 }
        var tail = 0
        while tail < shorter - start, old.row(old.count - 1 - tail, equals: new.count - 1 - tail, of: new) { tail += 1 }
        for row in 0..<start { take(row, row) }
        for row in 0..<tail { take(old.count - 1 - row, new.count - 1 - row) }
        let middle = (old: start..<old.count - tail, new: start..<new.count - tail)
        guard !middle.old.isEmpty, !middle.new.isEmpty else { return }

        let oldHashes = Self.hashes(of: old, middle.old)
        let newHashes = Self.hashes(of: new, middle.new)
        matchDistinct(middle.old, oldHashes, middle.new, newHashes)
        forEachGap(middle) { search, gap in
            let pairs = search.equalRows(gap.old, gap.new) {
                oldHashes[$0 - start]
            } newHash: {
                newHashes[$0 - start]
            }
            for index in LongestRise.positions(in: pairs.map(\.old)) {
                search.take(pairs[index].old, pairs[index].new)
                search.frame.append(pairs[index])
            }
        }
        frame.sort { $0.new < $1.new }
        for pair in equalRows(
            middle.old, middle.new, oldHash: { oldHashes[$0 - start] }, newHash: { newHashes[$0 - start] })
        {
            take(pair.old, pair.new)
            moved.insert(pair.new)
        }
        forEachGap(middle) { search, gap in search.matchChanged(gap.old, gap.new) }
    }

    private mutating func take(_ oldRow: Int, _ newRow: Int) {
        pairs.append((oldRow, newRow))
        oldIsTaken[oldRow] = true
        newIsTaken[newRow] = true
    }

    private static func hashes(of matrix: RowMatrix, _ rows: Range<Int>) -> [Int] {
        matrix.bytes.withUnsafeBytes { bytes in
            rows.map { row in
                var hasher = Hasher()
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[matrix.range(ofRow: row)]))
                return hasher.finalize()
            }
        }
    }

    /// Pairs the rows whose content stands once on either side.
    private mutating func matchDistinct(
        _ oldRows: Range<Int>, _ oldHashes: [Int], _ newRows: Range<Int>, _ newHashes: [Int]
    ) {
        // A row that is there more than once stands as -1.
        func places(_ rows: Range<Int>, _ hashes: [Int]) -> [Int: Int] {
            var places: [Int: Int] = [:]
            places.reserveCapacity(rows.count)
            for (row, hash) in zip(rows, hashes) where places.updateValue(row, forKey: hash) != nil {
                places[hash] = -1
            }
            return places
        }
        let oldPlaces = places(oldRows, oldHashes)
        let newPlaces = places(newRows, newHashes)
        var found: [(old: Int, new: Int)] = []
        for (row, hash) in zip(newRows, newHashes) {
            guard newPlaces[hash] == row, let place = oldPlaces[hash], place >= 0, old.row(place, equals: row, of: new)
            else { continue }
            found.append((place, row))
            take(place, row)
        }
        let staying = LongestRise.positions(in: found.map(\.old))
        frame = staying.map { found[$0] }
        let inOrder = Set(frame.map(\.new))
        moved = Set(found.map(\.new).filter { !inOrder.contains($0) })
    }

    /// Goes through the stretches between the frame's pairs.
    private mutating func forEachGap(
        _ all: (old: Range<Int>, new: Range<Int>),
        _ body: (inout RowSearch, (old: Range<Int>, new: Range<Int>)) -> Void
    ) {
        var (oldStart, newStart) = (all.old.lowerBound, all.new.lowerBound)
        for pair in frame + [(all.old.upperBound, all.new.upperBound)] {
            let gap = (oldStart..<pair.old, newStart..<pair.new)
            if !gap.0.isEmpty, !gap.1.isEmpty { body(&self, gap) }
            (oldStart, newStart) = (pair.old + 1, pair.new + 1)
        }
    }

    /// Rows with equal bytes that are not taken yet, the first with the first and so on, by new row.
    private func equalRows(
        _ oldRows: Range<Int>, _ newRows: Range<Int>, oldHash: (Int) -> Int, newHash: (Int) -> Int
    ) -> [(old: Int, new: Int)] {
        var places: [Int: [Int]] = [:]
        for row in oldRows.reversed() where !oldIsTaken[row] { places[oldHash(row), default: []].append(row) }
        guard !places.isEmpty else { return [] }
        var found: [(old: Int, new: Int)] = []
        for row in newRows where !newIsTaken[row] {
            let hash = newHash(row)
            guard let place = places[hash]?.last, old.row(place, equals: row, of: new) else { continue }
            places[hash]?.removeLast()
            found.append((place, row))
        }
        return found
    }

    /// Pairs what is left in a gap: as many rows on both sides in order, otherwise those that are nearest.
    private mutating func matchChanged(_ oldGap: Range<Int>, _ newGap: Range<Int>) {
        let oldRows = oldGap.filter { !oldIsTaken[$0] }
        let newRows = newGap.filter { !newIsTaken[$0] }
        if oldRows.count != newRows.count, affords(oldRows, newRows) {
            for (old, new) in nearest(oldRows, newRows) { take(old, new) }
        } else {
            for (old, new) in zip(oldRows, newRows) { take(old, new) }
        }
    }

    /// Whether each of some rows may be compared with each of others, which is then paid for.
    private mutating func affords(_ oldRows: [Int], _ newRows: [Int]) -> Bool {
        // Rows are at most a million and bytes at most a file's, so no product comes near 64 bits.
        let bytes =
            oldRows.reduce(0) { $0 + old.range(ofRow: $1).count } * newRows.count
            + newRows.reduce(0) { $0 + new.range(ofRow: $1).count } * oldRows.count
            + oldRows.count * newRows.count * Self.pairBytes
        guard bytes <= nearnessBytes else { return false }
        nearnessBytes -= bytes
        return true
    }

    /// The pairs, in order on both sides, whose cosines have the largest sum; rows that point apart are no pair.
    private func nearest(_ oldRows: [Int], _ newRows: [Int]) -> [(Int, Int)] {
        let columns = newRows.count + 1
        var best = [Double](repeating: 0, count: (oldRows.count + 1) * columns)
        var cosines = best
        let cosine = old.cosines(ofRows: oldRows, with: newRows, of: new)
        for i in oldRows.indices.reversed() {
            for j in newRows.indices.reversed() {
                let cosine = max(0, cosine(i, j) ?? 0)
                cosines[i * columns + j] = cosine
                best[i * columns + j] = max(
                    cosine + best[(i + 1) * columns + j + 1], best[(i + 1) * columns + j], best[i * columns + j + 1])
            }
        }
        var result: [(Int, Int)] = []
        var (i, j) = (0, 0)
        while i < oldRows.count, j < newRows.count {
            let here = best[i * columns + j]
            if cosines[i * columns + j] > 0, here == cosines[i * columns + j] + best[(i + 1) * columns + j + 1] {
                result.append((oldRows[i], newRows[j]))
                (i, j) = (i + 1, j + 1)
            } else if here == best[(i + 1) * columns + j] {
                i += 1
            } else {
                j += 1
            }
        }
        return result
    }
}
