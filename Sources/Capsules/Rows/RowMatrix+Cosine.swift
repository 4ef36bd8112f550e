extension RowMatrix {
    /// The cosine of the angle between a row of this matrix and one of another; nil when they have no vectors that can be compared.
    package func cosine(ofRow row: Int, with other: Int, of matrix: RowMatrix) -> Double? {
        let (left, right) = (range(ofRow: row), matrix.range(ofRow: other))
        switch (layout, matrix.layout) {
        case (.numbers(let first, _, _), .numbers(let second, _, _)):
            guard first == second, let width, width == matrix.width else { return nil }
            return bytes.withUnsafeBytes { bytes in
                matrix.bytes.withUnsafeBytes { others in
                    RowVector.cosine(
                        first, width, UnsafeRawBufferPointer(rebasing: bytes[left]),
                        UnsafeRawBufferPointer(rebasing: others[right]))
                }
            }
        case (.lines, .lines):
            guard let first = value(ofRow: row)?.vector, let second = matrix.value(ofRow: other)?.vector else {
                return nil
            }
            return RowVector.cosine(first.numbers, second.numbers)
        default: return nil
        }
    }

    /// A function that gives the cosine of any of some rows with any of another matrix's, by their positions in the two lists; vectors in
    /// JSON are read only once.
    func cosines(ofRows rows: [Int], with others: [Int], of matrix: RowMatrix) -> (Int, Int) -> Double? {
        guard format == .jsonLines else {
            return { cosine(ofRow: rows[$0], with: others[$1], of: matrix) }
        }
        let left = rows.map { value(ofRow: $0)?.vector?.numbers }
        let right = others.map { matrix.value(ofRow: $0)?.vector?.numbers }
        return { first, second in
            guard let first = left[first], let second = right[second] else { return nil }
            return RowVector.cosine(first, second)
        }
    }
}

extension JSONValue {
    /// The vector of a row of JSON lines and the member that holds it: the row itself, or its one member that is an array of
    /// numbers, or of several the one that is named `embedding` or `vector`.
    var vector: (numbers: [Double], key: String?)? {
        if let numbers { return (numbers, nil) }
        let candidates = (object?.members ?? []).compactMap { member in
            member.value.numbers.map { (numbers: $0, key: Optional(member.key)) }
        }
        if candidates.count == 1 { return candidates.first }
        return candidates.first { $0.key == "embedding" } ?? candidates.first { $0.key == "vector" }
    }

    /// The elements of an array that holds nothing but numbers and is not empty.
    private var numbers: [Double]? {
        guard let array, !array.isEmpty else { return nil }
        var numbers: [Double] = []
        numbers.reserveCapacity(array.count)
        for element in array {
            guard let number = element.number else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
