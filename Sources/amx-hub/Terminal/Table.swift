/// Lines up columns of text with two blanks between them.
struct Table {
    private var rows: [[String]]

    /// Starts with the line of headings.
    init(_ headings: String...) { rows = [headings] }

    /// Adds a line.
    mutating func add(_ cells: String...) { rows.append(cells) }

    /// The lines, without blanks at their ends.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
