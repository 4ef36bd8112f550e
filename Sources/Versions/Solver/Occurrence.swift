/// A nogood of two terms, as one of its packages sees it.
struct Occurrence {
    /// The package's own set, inline or as an offset into the permanent store's sets.
    let own: UInt64
    /// The other package's set.
    let others: UInt64
    let other: UInt32
    /// The nogood's number in the permanent store.
    let nogood: UInt32
}
