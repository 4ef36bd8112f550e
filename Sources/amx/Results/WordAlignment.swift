/// Which words of two lines are the same, by their longest common series.
struct WordAlignment {
    /// The positions of the old line's words that stayed.
    private(set) var old: Set<Int> = []
    /// The positions of the new line's words that were there.
    private(set) var new: Set<Int> = []
    /// Whether enough stayed for marks to help.
    let isAlike: Bool

    /// Lines with more pairs of words than these get no marks.
    static let maximumCells = 1 << 16

    /// Aligns two lines.
    init(_ left: [String], _ right: [String]) {
        guard !left.isEmpty, !right.isEmpty, left.count <= Self.maximumCells / right.count else {
            isAlike = false
            return
        }
        let (left, right) = (left.map { Array($0.utf8) }, right.map { Array($0.utf8) })
        let columns = right.count + 1
        var lengths = [Int](repeating: 0, count: (left.count + 1) * columns)
        for i in left.indices.reversed() {
            for j in right.indices.reversed() {
                lengths[i * columns + j] =
                    left[i] == right[j]
                    ? lengths[(i + 1) * columns + j + 1] + left[i].count
                    : max(lengths[(i + 1) * columns + j], lengths[i * columns + j + 1])
            }
        }
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            if left[i] == right[j] {
                old.insert(i)
                new.insert(j)
                (i, j) = (i + 1, j + 1)
            } else if lengths[(i + 1) * columns + j] >= lengths[i * columns + j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        let longer = max(left.reduce(0) { $0 + $1.count }, right.reduce(0) { $0 + $1.count })
        isAlike = (lengths.first ?? 0) * 3 >= longer
    }
}
