import Glibc

/// A moment at which files begin to be looked at.
///
/// A file that changed just before could change again without a new time in its metadata; so what is found out about it must
/// not be remembered.
struct StatMoment: Sendable {
    /// Longer than the step of the kernel's clock for files, in nanoseconds.
    private static let clockStep: Int64 = 20_000_000
    /// Longer than the step of file systems that keep whole seconds or pairs of them.
    private static let coarseClockStep: Int64 = 2_100_000_000

    private let nanoseconds: Int64

    /// Now.
    static var now: StatMoment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return StatMoment(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Whether the moment lies so long after a file's last change that another one gives it a new time.
    func isLater(than stamp: StatCache.Stamp) -> Bool {
        let step = stamp.changed % 1_000_000_000 == 0 ? Self.coarseClockStep : Self.clockStep
        return max(stamp.modified, stamp.changed) < nanoseconds - step
    }
}
