/// Notices a peer that moves bytes, but so slowly that a transfer would never end.
///
/// A value without a clock: the caller tells how long it has waited for the peer, and how much came of it.
struct PaceGuard {
    /// Bytes for each second of waiting below which a transfer is given up.
    static let leastBytesPerSecond = 16

    /// Over how much waiting the pace is measured.
    let window: Duration
    private var waited = Duration.zero
    private var bytes = 0

    init(window: Duration) { self.window = window }

    /// Takes note of a wait for the peer; the bytes of the window when they are too few for it, else nil.
    mutating func add(wait: Duration, bytes moved: Int) -> Int? {
        waited += wait
        bytes += moved
        guard waited >= window else { return nil }
        defer { self = PaceGuard(window: window) }
        return bytes < Self.leastBytesPerSecond * Int(window.components.seconds) ? bytes : nil
    }
}
