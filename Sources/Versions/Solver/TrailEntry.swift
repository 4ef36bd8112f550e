/// One step of a solve: a package's domain shrank.
struct TrailEntry {
    let package: UInt32
    /// The number of decisions before, this one included.
    let level: UInt32
    var reason: Reason
    /// The entry of the same package before; -1 for none.
    let previous: Int32
    /// The domain before, inline or as an offset into the trail's words.
    let old: UInt64
}
