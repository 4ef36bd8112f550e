/// Lines up columns of text with two blanks between them.
struct Table {
    private var rows: [[String]] = []

    /// Adds a line.
    mutating func add(_ cells: String...) { rows.append(cells) }

    /// The lines, without blanks at their ends; `indent` stands before each.
    func text(indent: String = "") -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? Self.width($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = indent
            for (index, cell) in row.enumerated() {
                line += cell
                guard row[(index + 1)...].contains(where: { !$0.isEmpty }) else { break }
                line += String(repeating: " ", count: widths[index] - Self.width(cell) + 2)
            }
            return line
        }.joined(separator: "\n")
    }

    /// The columns that a cell takes: colour codes take none.
    private static func width(_ cell: String) -> Int {
        // Most cells are plain ASCII.
        if cell.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return cell.utf8.count }
        var count = 0
        var isCode = false
        for character in cell {
            if isCode { isCode = character != "m" } else if character == "\u{1B}" { isCode = true } else { count += 1 }
        }
        return count
    }
}
