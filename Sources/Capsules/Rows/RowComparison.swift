/// What differs between two matrices, row by row.
///
/// A row whose bytes differ counts as changed when its vector turned (row A-141: a cosine below ``threshold``), when it has no vector to
/// compare, or when anything beside the vector differs; as similar when only its vector differs and has kept its direction.
package struct RowComparison: Sendable, Hashable {
    /// Vectors with at least this cosine mean the same (row A-141).
    package static let threshold = 0.95

    /// How many rows there were.
    package let before: Int
    /// How many rows there are.
    package let after: Int
    /// How many numbers a row had and has; nil for JSON lines.
    package let width: (before: Int?, after: Int?)
    /// Which rows are which.
    package let alignment: RowAlignment
    /// The new rows that changed, ascending.
    package let changed: [Int]
    /// The new rows that differ by less, ascending.
    package let similar: [Int]
    /// The least cosine of all rows that differ; nil when none has a vector on both sides.
    package let leastCosine: Double?
    /// The new row that has it.
    package let leastCosineRow: Int?

    /// Compares two matrices.
    package init(_ old: RowMatrix, _ new: RowMatrix) {
        let alignment = RowAlignment(from: old, to: new)
        var changed: [Int] = []
        var similar: [Int] = []
        var least: (cosine: Double, row: Int)?
        for (row, place) in alignment.oldRows.enumerated() {
            guard let place, !old.row(place, equals: row, of: new) else { continue }
            let (kind, cosine) = Self.difference(old, place, new, row)
            if let cosine, least.map({ cosine < $0.cosine }) ?? true { least = (cosine, row) }
            switch kind {
            case .none: continue
            case .vector where (cosine ?? -1) >= Self.threshold: similar.append(row)
            case .vector, .other: changed.append(row)
            }
        }
        (before, after) = (old.count, new.count)
        width = (old.width, new.width)
        self.alignment = alignment
        (self.changed, self.similar) = (changed, similar)
        (leastCosine, leastCosineRow) = (least?.cosine, least?.row)
    }

    private enum Difference {
        /// Only the layout of the JSON text.
        case none
        /// Only the vector.
        case vector
        /// Something else, perhaps the vector too.
        case other
    }

    /// What differs between two rows, and the cosine of their vectors, where they have such.
    private static func difference(
        _ old: RowMatrix, _ place: Int, _ new: RowMatrix, _ row: Int
    ) -> (Difference, cosine: Double?) {
        guard let before = old.value(ofRow: place), let after = new.value(ofRow: row) else {
            return (.vector, old.cosine(ofRow: place, with: row, of: new))
        }
        guard !before.means(after) else { return (.none, nil) }
        guard let left = before.vector, let right = after.vector else { return (.other, nil) }
        let cosine = RowVector.cosine(left.numbers, right.numbers)
        guard left.key == right.key else { return (.other, cosine) }
        guard let key = left.key else { return (.vector, cosine) }
        guard var leftRest = before.object, var rightRest = after.object else { return (.other, cosine) }
        (leftRest[key], rightRest[key]) = (nil, nil)
        return (JSONValue.object(leftRest).means(.object(rightRest)) ? .vector : .other, cosine)
    }

    package static func == (left: RowComparison, right: RowComparison) -> Bool {
        left.alignment == right.alignment && left.changed == right.changed && left.similar == right.similar
            && left.leastCosine == right.leastCosine && left.width == right.width
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(alignment)
        hasher.combine(changed)
    }
}
