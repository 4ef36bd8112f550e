import Capsules

/// A comparison by rows in words and as JSON.
struct RowText {
    private let rows: RowComparison

    init(_ rows: RowComparison) { self.rows = rows }

    /// One line: how many rows were added, removed, moved and changed.
    var line: String {
        let counts = [
            (rows.alignment.added.count, "added"), (rows.alignment.removed.count, "removed"),
            (rows.alignment.moved.count, "moved"), (rows.changed.count, "changed"),
            (rows.similar.count, "almost the same"),
        ]
        var parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if parts.isEmpty { parts.append("only its layout differs") }
        var line = "\(Self.size(rows.before, rows.width.before)) -> \(Self.size(rows.after, rows.width.after)): "
        line += parts.joined(separator: ", ")
        if let cosine = rows.leastCosine, let row = rows.leastCosineRow {
            line += "; least cosine \(Self.digits(cosine)) in row \(row)"
        }
        return line
    }

    /// The counts, for `--json`.
    var json: JSONValue {
        Self.json(
            before: (rows.before, rows.width.before), after: (rows.after, rows.width.after),
            counts: [
                rows.alignment.added.count, rows.alignment.removed.count, rows.alignment.moved.count,
                rows.changed.count, rows.similar.count,
            ], least: rows.leastCosine, row: rows.leastCosineRow)
    }

    /// The same for a matrix that is only on one side.
    static func json(_ count: Int, _ width: Int?, of operation: ChangeOperation) -> JSONValue {
        let isNew = operation == .create
        return json(
            before: isNew ? (0, nil) : (count, width), after: isNew ? (count, width) : (0, nil),
            counts: isNew ? [count, 0, 0, 0, 0] : [0, count, 0, 0, 0], least: nil, row: nil)
    }

    private static func json(
        before: (count: Int, width: Int?), after: (count: Int, width: Int?), counts: [Int], least: Double?, row: Int?
    ) -> JSONValue {
        var result: JSONObject = [
            "before": .count(before.count), "after": .count(after.count),
            "oldWidth": before.width.map { .count($0) } ?? .null, "newWidth": after.width.map { .count($0) } ?? .null,
        ]
        for (key, count) in zip(["added", "removed", "moved", "changed", "similar"], counts) {
            result[key] = .count(count)
        }
        result["threshold"] = .double(RowComparison.threshold)
        result["leastCosine"] = least.map { .double($0) } ?? .null
        result["leastCosineRow"] = row.map { .count($0) } ?? .null
        return .object(result)
    }

    private static func size(_ count: Int, _ width: Int?) -> String {
        DiffSummary.count(count, "row", "rows") + (width.map { " of \($0)" } ?? "")
    }

    /// Four digits after the point, rounded towards less: 0.95 must not be said of what is below it.
    private static func digits(_ cosine: Double) -> String {
        let scaled = Int((cosine * 10_000).rounded(.down))
        let digits = String(scaled.magnitude % 10_000)
        return
            "\(scaled < 0 ? "-" : "")\(scaled.magnitude / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    }
}
