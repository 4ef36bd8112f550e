/// The prefixes by which a client narrows down which refs it is told.
///
/// One binary search decides about a name, however many prefixes there are: those that begin with another one say
/// nothing new and are dropped, so that at most one of the rest can fit.
package struct RefPrefixes: Sendable, Hashable {
    private let sorted: [String]
    private let matchesAll: Bool

    /// Takes prefixes in any order; none fit every name.
    package init(_ prefixes: [String]) {
        matchesAll = prefixes.isEmpty
        var kept: [String] = []
        for prefix in prefixes.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            if let last = kept.last, prefix.utf8.starts(with: last.utf8) { continue }
            kept.append(prefix)
        }
        sorted = kept
    }

    /// Whether a name begins with one of the prefixes.
    package func contains(_ name: String) -> Bool {
        guard !matchesAll else { return true }
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if name.utf8.lexicographicallyPrecedes(sorted[middle].utf8) { high = middle } else { low = middle + 1 }
        }
        return low > 0 && name.utf8.starts(with: sorted[low - 1].utf8)
    }
}
