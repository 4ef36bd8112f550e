/// Which rows of a matrix are which of another.
///
/// Rows with keys are the same when their keys are. Others are the same when their bytes are; what is then left over between two rows that
/// stayed in place is taken for rows whose content changed, in order. The result depends on nothing but the two matrices. Time is n log n
/// in the number of rows, apart from small gaps of unequal length, which are filled by how near the vectors are.
package struct RowAlignment: Sendable, Hashable {
    /// For each old row the new one that it became; nil when it was removed.
    package private(set) var newRows: [Int?]
    /// For each new row the old one that it was; nil when it was added.
    package private(set) var oldRows: [Int?]
    /// The new rows that stand elsewhere among the rows that both have, ascending.
    package private(set) var moved: [Int] = []

    /// Aligns two matrices; of different layouts only rows with keys can be the same.
    package init(from old: RowMatrix, to new: RowMatrix) {
        newRows = Array(repeating: nil, count: old.count)
        oldRows = Array(repeating: nil, count: new.count)
        if let oldKeys = old.keys, let newKeys = new.keys {
            align(oldKeys, newKeys)
        } else if old.hasLayout(of: new) {
            var search = RowSearch(old, new)
            search.run()
            for (old, new) in search.pairs { pair(old, new) }
            moved = search.moved.sorted()
        }
    }

    private mutating func pair(_ old: Int, _ new: Int) {
        newRows[old] = new
        oldRows[new] = old
    }

    private mutating func align(_ old: [RowKey], _ new: [RowKey]) {
        var places: [RowKey: Int] = [:]
        places.reserveCapacity(old.count)
        for (row, key) in old.enumerated() { places[key] = row }
        var common: [(old: Int, new: Int)] = []
        for (row, key) in new.enumerated() {
            guard let place = places[key] else { continue }
            common.append((place, row))
            pair(place, row)
        }
        let staying = Set(LongestRise.positions(in: common.map(\.old)))
        moved = common.indices.filter { !staying.contains($0) }.map { common[$0].new }
    }

    /// The old rows that are in the new matrix no longer, ascending.
    package var removed: [Int] { newRows.indices.filter { newRows[$0] == nil } }
    /// The new rows that were not in the old matrix, ascending.
    package var added: [Int] { oldRows.indices.filter { oldRows[$0] == nil } }
}
