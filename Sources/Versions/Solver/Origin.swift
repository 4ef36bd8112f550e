/// Where a nogood comes from, or what a learned one was derived from, in one word.
struct Origin: Hashable {
    enum Kind: UInt32 {
        /// A fact of the catalogue, by its number.
        case fact
        /// A requirement or a lock that the solve was given, by its index.
        case given
        /// A nogood that was learned, by the number of its derivation.
        case derivation
        /// What was known before any decision, by the index of its entry in the trail.
        case entry
    }

    private let word: UInt32

    init(_ kind: Kind, _ index: Int) { word = kind.rawValue << 30 | UInt32(truncatingIfNeeded: index) & 0x3FFF_FFFF }

    var kind: Kind { Kind(rawValue: word >> 30) ?? .fact }

    var index: Int { Int(word & 0x3FFF_FFFF) }
}
