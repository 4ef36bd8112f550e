import Glibc
package import Objects

/// A file seen as rows: the vectors of an embedding, or the records of a `.jsonl` file.
///
/// A value over the file's own bytes; reading one checks the whole layout, so that every row can be reached. It takes time proportional to
/// the file and, beside the bytes, memory proportional to the number of rows, which is bounded.
package struct RowMatrix: Sendable {
    /// Where a row is found.
    enum Layout: Sendable {
        /// Rows of numbers, each `stride` bytes long, from an offset on.
        case numbers(RowElement, offset: Int, stride: Int)
        /// Lines that hold something, without their ends.
        case lines([Range<Int>])
    }

    /// A file with more rows than these is compared as a whole.
    package static let maximumRows = 1_000_000
    /// The longest row, in numbers.
    package static let maximumWidth = 65_536

    /// The kind of file.
    package let format: RowFormat
    /// How many rows there are.
    package let count: Int
    /// How many numbers a row has; nil for JSON lines, whose vectors may differ.
    package let width: Int?
    /// The type of the numbers; nil for JSON lines.
    package let element: RowElement?
    /// What tells the rows apart whatever they hold: the `id` of each line when all lines have one, else nil.
    package let keys: [RowKey]?
    /// The file's bytes.
    package let bytes: [UInt8]
    let layout: Layout

    /// Reads a file; `width` is what the manifest declares for it, which only `.f32` files need.
    ///
    /// Throws for a file of another kind and for one whose bytes are not such rows.
    package init(_ path: TreePath, bytes: [UInt8], width: Int? = nil) throws(RowDefect) {
        guard let format = RowFormat(of: path) else { throw RowDefect(reason: "it is no kind of file that has rows") }
        try self.init(format, bytes: bytes, width: width)
    }

    /// Reads bytes of a known kind.
    package init(_ format: RowFormat, bytes: [UInt8], width: Int? = nil) throws(RowDefect) {
        self.format = format
        self.bytes = bytes
        switch format {
        case .jsonLines:
            let lines = try JSONLines(bytes)
            (self.width, element, keys, count) = (nil, nil, lines.keys, lines.ranges.count)
            layout = .lines(lines.ranges)
        case .floats:
            guard let width else { throw RowDefect(reason: "the manifest declares no dimensions for it") }
            try Self.check(width: width)
            let stride = width * RowElement.single.size
            guard bytes.count.isMultiple(of: stride) else {
                throw RowDefect(reason: "\(bytes.count) bytes are not whole rows of \(width) numbers")
            }
            try Self.check(rows: bytes.count / stride)
            (self.width, element, keys, count) = (width, .single, nil, bytes.count / stride)
            layout = .numbers(.single, offset: 0, stride: stride)
        case .numpy:
            let header = try NumpyHeader(bytes)
            try Self.check(width: header.width)
            try Self.check(rows: header.rows)
            // Both are bounded, so this fits.
            let stride = header.width * header.element.size
            guard bytes.count - header.length == header.rows * stride else {
                throw RowDefect(reason: "it does not hold the \(header.rows) rows that its header states")
            }
            (self.width, element, keys, count) = (header.width, header.element, nil, header.rows)
            layout = .numbers(header.element, offset: header.length, stride: stride)
        }
    }

    private static func check(width: Int) throws(RowDefect) {
        guard (1...maximumWidth).contains(width) else {
            throw RowDefect(reason: "a row of \(width) numbers is outside of 1 to \(maximumWidth)")
        }
    }

    static func check(rows: Int) throws(RowDefect) {
        guard rows <= maximumRows else { throw RowDefect(reason: "it has more than \(maximumRows) rows") }
    }

    /// Where a row's bytes stand in `bytes`; `row` is less than `count`.
    package func range(ofRow row: Int) -> Range<Int> {
        switch layout {
        case .numbers(_, let offset, let stride): offset + row * stride..<offset + (row + 1) * stride
        case .lines(let ranges): ranges[row]
        }
    }

    /// A row's bytes: its numbers, or its line without the line's end. `row` is less than `count`.
    package subscript(row: Int) -> ArraySlice<UInt8> { bytes[range(ofRow: row)] }

    /// Whether a row of this matrix and one of another consist of the same bytes.
    package func row(_ row: Int, equals other: Int, of matrix: RowMatrix) -> Bool {
        let (left, right) = (range(ofRow: row), matrix.range(ofRow: other))
        let count = left.count
        guard count == right.count else { return false }
        return bytes.withUnsafeBytes { first in
            matrix.bytes.withUnsafeBytes { second in
                guard let left = UnsafeRawBufferPointer(rebasing: first[left]).baseAddress,
                    let right = UnsafeRawBufferPointer(rebasing: second[right]).baseAddress
                else { return true }
                return memcmp(left, right, count) == 0
            }
        }
    }

    /// The JSON value of a row of JSON lines; nil for rows of numbers.
    package func value(ofRow row: Int) -> JSONValue? {
        guard case .lines(let ranges) = layout else { return nil }
        return try? JSONParser.parse(Array(bytes[ranges[row]]))
    }
}
