extension RowMatrix {
    /// A file of this kind, width and number type with other rows, each given as its bytes.
    ///
    /// The rows must be such as ``subscript(_:)`` gives for a matrix of the same layout; what comes out can be read as a matrix again.
    package func assembled(_ rows: [ArraySlice<UInt8>]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(rows.reduce(128) { $0 + $1.count + 1 })
        if format == .numpy, let element, let width {
            result += NumpyHeader.bytes(element: element, rows: rows.count, width: width)
        }
        for row in rows {
            result += row
            if format == .jsonLines { result.append(UInt8(ascii: "\n")) }
        }
        return result
    }

    /// Whether rows of another matrix can stand in this one's file.
    package func hasLayout(of other: RowMatrix) -> Bool {
        format == other.format && width == other.width && element == other.element
    }
}
