package import Objects

/// Three versions of a file of rows merged row by row: a pure value.
///
/// A row that one side changed is that side's; one that both changed differently, or one changed and the other removed, is a
/// conflict, in which the result has what `favor` has. Rows that both added in one place come ours first.
package struct RowMerge: Sendable {
    /// The file of the result.
    package let content: [UInt8]
    /// The rows in conflict, as rows of the result counted from 0; a removed row is where it would be.
    package let conflicts: [Int]

    /// Merges; nil where the three are not rows of one kind and width.
    ///
    /// `width` is what the manifest declares; `base` is nil when both sides added the file.
    package init?(
        _ format: RowFormat, width: Int?, base: [UInt8]?, ours: [UInt8], theirs: [UInt8],
        favor: MergeSide = .ours
    ) {
        guard let left = try? RowMatrix(format, bytes: ours, width: width),
            let right = try? RowMatrix(format, bytes: theirs, width: width),
            let before = try? RowMatrix(format, bytes: base ?? left.assembled([]), width: width),
            left.hasLayout(of: right), left.hasLayout(of: before)
        else { return nil }
        let work = Work(before, left, right, favor: favor)
        (content, conflicts) = (left.assembled(work.rows), work.conflicts)
    }

    /// The merge while it goes on.
    private struct Work {
        private let base: RowMatrix
        private let ours: RowMatrix
        private let theirs: RowMatrix
        private(set) var rows: [ArraySlice<UInt8>] = []
        private(set) var conflicts: [Int] = []

        init(_ base: RowMatrix, _ ours: RowMatrix, _ theirs: RowMatrix, favor: MergeSide) {
            (self.base, self.ours, self.theirs) = (base, ours, theirs)
            let (left, right) = (RowAlignment(from: base, to: ours), RowAlignment(from: base, to: theirs))
            let added = AddedRows(ours, left, theirs, right, from: base.count)
            let names = (ours: added.ours, theirs: added.theirs)
            let (leftRows, rightRows) = (Self.places(names.ours), Self.places(names.theirs))
            // Where only theirs moved rows, the order is theirs.
            let isTheirOrder = left.moved.isEmpty && !right.moved.isEmpty
            let order =
                isTheirOrder
                ? MergedOrder.weave(names.theirs, names.ours) { _ in true }
                : MergedOrder.weave(names.ours, names.theirs) { _ in true }
            for name in order + (0..<base.count).filter({ leftRows[$0] == nil && rightRows[$0] == nil }) {
                let old = name < base.count ? base[name] : nil
                merge(
                    old, leftRows[name].map { ours[$0] }, rightRows[name].map { theirs[$0] }, favor,
                    isDoubtful: added.doubtful.contains(name))
            }
        }

        /// Takes one row, given as it is in the three versions.
        private mutating func merge(
            _ base: ArraySlice<UInt8>?, _ ours: ArraySlice<UInt8>?, _ theirs: ArraySlice<UInt8>?,
            _ favor: MergeSide,
            isDoubtful: Bool
        ) {
            let chosen: ArraySlice<UInt8>?
            if isDoubtful { conflicts.append(rows.count) }
            if ours == theirs || theirs == base {
                chosen = ours
            } else if ours == base {
                chosen = theirs
            } else {
                conflicts.append(rows.count)
                chosen = favor == .ours ? ours : favor == .theirs ? theirs : base
            }
            if let chosen { rows.append(chosen) }
        }

        private static func places(_ names: [Int]) -> [Int: Int] {
            Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        }
    }
}

/// Names for the rows of two sides: a row of the base has its number there, a new row one of its own.
private struct AddedRows {
    private(set) var ours: [Int] = []
    private(set) var theirs: [Int] = []
    /// Rows without a key that both sides added alike, while each added others too: whether they are one row or two, nothing tells.
    private(set) var doubtful: Set<Int> = []

    init(
        _ ours: RowMatrix, _ left: RowAlignment, _ theirs: RowMatrix, _ right: RowAlignment,
        from count: Int
    ) {
        let isKeyed = ours.keys != nil && theirs.keys != nil
        var next = count
        var byKey: [RowKey: Int] = [:]
        var byBytes: [ArraySlice<UInt8>: [Int]] = [:]
        for (row, old) in left.oldRows.enumerated() {
            self.ours.append(old ?? next)
            guard old == nil else { continue }
            if isKeyed, let key = ours.keys?[row] {
                byKey[key] = next
            } else {
                byBytes[ours[row], default: []].append(next)
            }
            next += 1
        }
        let addedByOurs = next - count
        var addedByTheirs = 0
        var shared: [Int] = []
        for (row, old) in right.oldRows.enumerated() {
            guard old == nil else {
                self.theirs.append(old ?? next)
                continue
            }
            addedByTheirs += 1
            let same = isKeyed ? theirs.keys.flatMap { byKey[$0[row]] } : byBytes[theirs[row]]?.first
            if let same {
                if !isKeyed { byBytes[theirs[row]]?.removeFirst() }
                shared.append(same)
            }
            self.theirs.append(same ?? next)
            if same == nil { next += 1 }
        }
        if !isKeyed, shared.count < max(addedByOurs, addedByTheirs) { doubtful = Set(shared) }
    }
}
