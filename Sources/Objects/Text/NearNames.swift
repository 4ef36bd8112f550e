/// Finds the names that a mistyped word may have meant.
///
/// The distance is the number of letters to insert, drop, replace or swap with their neighbour (optimal string alignment),
/// over bytes. A name is near when a third of the word's letters, at least one, turn it into the name; the nearest come
/// first. When none is near, the names that the word begins are taken. Words and names count by their first 64 bytes.
package enum NearNames {
    /// The most names that are offered.
    static let maximumCount = 3
    private static let maximumByteCount = 64

    /// The names near a word, at most three, the nearest first; equal ones stay in bytewise order.
    package static func of(_ word: String, among names: some Sequence<String>) -> [String] {
        let bytes = Array(word.utf8.prefix(maximumByteCount))
        let limit = max(1, bytes.count / 3)
        var found: [(distance: Int, name: String)] = []
        var begun: [String] = []
        for name in Set(names) where !name.utf8.elementsEqual(word.utf8) {
            let distance = distance(bytes, Array(name.utf8.prefix(maximumByteCount)), upTo: limit)
            if let distance { found.append((distance, name)) }
            if bytes.count > 1, name.utf8.starts(with: bytes) { begun.append(name) }
        }
        found.sort { $0.distance == $1.distance ? precedes($0.name, $1.name) : $0.distance < $1.distance }
        let near = found.isEmpty ? begun.sorted(by: precedes) : found.map(\.name)
        return Array(near.prefix(maximumCount))
    }

    /// `did you mean 'a', 'b' or 'c'?` for a word and the names that it could have been; nil when none is near.
    ///
    /// `shown` gives what is printed for a name.
    package static func hint(
        for word: String, among names: some Sequence<String>, shown: (String) -> String = { $0 }
    ) -> String? {
        let near = of(word, among: names).map { "'\(shown($0))'" }
        guard let last = near.last else { return nil }
        let others = near.dropLast().joined(separator: ", ")
        return "did you mean \(others.isEmpty ? last : "\(others) or \(last)")?"
    }

    /// The distance of two words; nil when it is over a limit.
    private static func distance(_ left: [UInt8], _ right: [UInt8], upTo limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var rows = [Array(0...right.count)]
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        let distance = rows[left.count][right.count]
        return distance <= limit ? distance : nil
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
