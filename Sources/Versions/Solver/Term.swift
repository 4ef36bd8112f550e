/// "The package's version, or its absence, is one of these": one condition of a nogood.
///
/// For a package of up to 63 candidates the set is inline; otherwise `bits` is an offset into the sets of the store that the term
/// belongs to, and the package says how many words follow.
struct Term {
    let package: UInt32
    var bits: UInt64
}
