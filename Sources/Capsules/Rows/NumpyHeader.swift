/// The header of a NumPy file of format 1, 2 or 3 that holds a matrix row by row.
///
/// Source: "NEP 1, A Simple File Format for NumPy Arrays". The dictionary is read as NumPy writes it: the keys `descr`,
/// `fortran_order` and `shape` in any order, once each, and no others.
struct NumpyHeader: Hashable {
    /// The numbers' type.
    let element: RowElement
    /// How many rows there are.
    let rows: Int
    /// How many numbers a row has.
    let width: Int
    /// How many bytes stand before the first number.
    let length: Int

    /// NumPy itself reads no longer ones unless it is told to.
    private static let maximumLength = 10_000
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads the start of a file.
    init(_ bytes: [UInt8]) throws(RowDefect) {
        guard bytes.count >= 12, bytes.starts(with: Self.magic) else {
            throw RowDefect(reason: "it does not start as a NumPy file")
        }
        guard (1...3).contains(bytes[6]), bytes[7] == 0 else {
            throw RowDefect(reason: "it is of NumPy's format \(bytes[6]).\(bytes[7])")
        }
        let isShort = bytes[6] == 1
        let start = isShort ? 10 : 12
        // At most 32 bits, which an Int holds.
        let count = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard count <= Self.maximumLength else {
            throw RowDefect(reason: "its header is longer than \(Self.maximumLength) bytes")
        }
        guard bytes.count - start >= count else { throw RowDefect(reason: "its header is cut off") }
        var literal = PythonLiteral(bytes[start..<start + count])
        guard let dictionary = literal.header() else { throw RowDefect(reason: "its header is not what NumPy writes") }
        guard let element = RowElement(rawValue: dictionary.descr) else {
            throw RowDefect(reason: "its numbers are not little-endian floats")
        }
        guard !dictionary.isFortranOrder else { throw RowDefect(reason: "it is stored column by column") }
        guard dictionary.shape.count == 2 else {
            throw RowDefect(reason: "it has \(dictionary.shape.count) dimensions instead of 2")
        }
        self.element = element
        (rows, width) = (dictionary.shape[0], dictionary.shape[1])
        length = start + count
    }

    /// The bytes of a header for so many rows, laid out as NumPy does: the numbers start at a multiple of 64.
    static func bytes(element: RowElement, rows: Int, width: Int) -> [UInt8] {
        var text = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(rows), \(width)), }"
        let unpadded = 10 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let count = UInt16(clamping: text.utf8.count)
        return magic + [1, 0, UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)] + text.utf8
    }
}
