/// What each learned nogood was derived from, kept for the explanation also when the nogood itself is forgotten.
struct Derivations {
    private var starts: ContiguousArray<UInt32> = [0]
    private var parents: ContiguousArray<Origin> = []

    /// Keeps a derivation and gives its number.
    mutating func append(_ origins: [Origin]) -> Int {
        parents.append(contentsOf: origins)
        starts.append(UInt32(parents.count))
        return starts.count - 2
    }

    func range(of derivation: Int) -> Range<Int> { Int(starts[derivation])..<Int(starts[derivation + 1]) }

    subscript(place: Int) -> Origin { parents[place] }
}
