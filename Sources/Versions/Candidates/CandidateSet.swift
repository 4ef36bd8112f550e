/// Some of a package's candidates, by ordinal in its ascending list.
///
/// One bit for each candidate and one more for "no version", which the solver uses; up to 63 candidates lie inline in one word.
/// Sets that meet in one operation must belong to the same package.
package struct CandidateSet: Hashable, Sendable {
    private(set) var first: UInt64
    /// The words after the first; empty for most packages.
    private(set) var rest: [UInt64]

    /// The number of words for so many candidates and the bit of "no version".
    static func words(for count: Int) -> Int { count / 64 + 1 }

    /// The empty set of a package with so many candidates.
    package init(capacity: Int) {
        first = 0
        rest = capacity < 64 ? [] : Array(repeating: 0, count: Self.words(for: capacity) - 1)
    }

    /// The empty set of a package whose sets have so many words.
    init(words: Int) {
        first = 0
        rest = words < 2 ? [] : Array(repeating: 0, count: words - 1)
    }

    /// All candidates of a package with so many.
    package init(allOf count: Int) {
        self.init(capacity: count)
        insert(contentsOf: 0..<count)
    }

    /// The set's words, lowest ordinals first.
    subscript(word index: Int) -> UInt64 {
        get { index == 0 ? first : rest[index - 1] }
        set { if index == 0 { first = newValue } else { rest[index - 1] = newValue } }
    }

    /// The number of words.
    var wordCount: Int { rest.count + 1 }

    package mutating func insert(_ ordinal: Int) { self[word: ordinal >> 6] |= 1 << UInt64(ordinal & 63) }

    package mutating func insert(contentsOf ordinals: Range<Int>) {
        if ordinals.upperBound < 64, ordinals.lowerBound >= 0 {
            first |= (1 << UInt64(ordinals.upperBound)) - (1 << UInt64(ordinals.lowerBound))
        } else {
            for ordinal in ordinals { insert(ordinal) }
        }
    }

    package mutating func remove(_ ordinal: Int) { self[word: ordinal >> 6] &= ~(1 << UInt64(ordinal & 63)) }

    package func contains(_ ordinal: Int) -> Bool { self[word: ordinal >> 6] >> UInt64(ordinal & 63) & 1 == 1 }

    package var isEmpty: Bool { first == 0 && rest.allSatisfy { $0 == 0 } }

    package var count: Int { rest.reduce(first.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    /// The highest ordinal; nil for the empty set.
    package var highest: Int? {
        for index in (0..<wordCount).reversed() where self[word: index] != 0 {
            return (index << 6) + 63 - self[word: index].leadingZeroBitCount
        }
        return nil
    }

    package mutating func formUnion(_ other: CandidateSet) {
        for index in 0..<wordCount { self[word: index] |= other[word: index] }
    }

    package mutating func formIntersection(_ other: CandidateSet) {
        for index in 0..<wordCount { self[word: index] &= other[word: index] }
    }

    package mutating func subtract(_ other: CandidateSet) {
        for index in 0..<wordCount { self[word: index] &= ~other[word: index] }
    }

    package func intersection(_ other: CandidateSet) -> CandidateSet {
        var set = self
        set.formIntersection(other)
        return set
    }

    package func union(_ other: CandidateSet) -> CandidateSet {
        var set = self
        set.formUnion(other)
        return set
    }

    package func subtracting(_ other: CandidateSet) -> CandidateSet {
        var set = self
        set.subtract(other)
        return set
    }

    package func isSubset(of other: CandidateSet) -> Bool {
        for index in 0..<wordCount where self[word: index] & ~other[word: index] != 0 { return false }
        return true
    }

    /// Calls with each ordinal, ascending.
    package func forEach(_ body: (Int) -> Void) {
        for index in 0..<wordCount {
            var word = self[word: index]
            while word != 0 {
                body((index << 6) + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }

    /// The ordinals, ascending.
    package var ordinals: [Int] {
        var found: [Int] = []
        forEach { found.append($0) }
        return found
    }
}
