/// Incompatibilities, as in PubGrub: each a list of terms that must not all hold, kept in flat arrays.
///
/// "No version" is a member of every package's domain, so a term needs no sign: `foo 1.x needs bar 2.x` is stored as
/// `foo in {1.x}` and `bar in {everything but 2.x, or none}`.
struct NogoodStore {
    private(set) var starts: ContiguousArray<UInt32> = [0]
    private(set) var terms: ContiguousArray<Term> = []
    private(set) var origins: ContiguousArray<Origin> = []
    /// The words of sets that do not fit inline.
    private(set) var sets: ContiguousArray<UInt64> = []

    var count: Int { origins.count }

    func range(of nogood: Int) -> Range<Int> { Int(starts[nogood])..<Int(starts[nogood + 1]) }

    /// Adds a term to the nogood under construction.
    mutating func append(_ package: Int, inline bits: UInt64) {
        terms.append(Term(package: UInt32(package), bits: bits))
    }

    /// Adds a term whose set takes several words.
    mutating func append(_ package: Int, words: some Sequence<UInt64>) {
        terms.append(Term(package: UInt32(package), bits: UInt64(sets.count)))
        sets.append(contentsOf: words)
    }

    /// Ends the nogood under construction and gives its number.
    mutating func finish(_ origin: Origin) -> Int {
        starts.append(UInt32(terms.count))
        origins.append(origin)
        return origins.count - 1
    }

    /// Forgets all nogoods.
    mutating func clear() {
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        terms.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
    }

    mutating func swapTerms(_ first: Int, _ second: Int) { terms.swapAt(first, second) }
}
