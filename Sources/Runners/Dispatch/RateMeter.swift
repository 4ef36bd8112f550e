/// How much somebody has published: at most what a second allows at once, and so much a second on the whole (row
/// S-099).
///
/// Source: the generic cell rate algorithm of ITU-T I.371.
struct RateMeter {
    static let bytesPerSecond = 10 << 20
    private static let second: Int64 = 1_000_000_000

    /// When all that was published would have been, at that rate.
    private var paidUntil: Int64 = .min

    /// Counts some bytes, of at most a few seconds, at a moment in nanoseconds; false where they are too many.
    mutating func admits(bytes: Int, at moment: Int64) -> Bool {
        let end = max(moment, paidUntil) + Int64(bytes) * Self.second / Int64(Self.bytesPerSecond)
        guard end - moment <= Self.second else { return false }
        paidUntil = end
        return true
    }
}
