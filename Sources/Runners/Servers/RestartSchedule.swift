/// When something that fails again and again is started again: after 2 seconds, then after twice as long each time up to 120, and not
/// when 5 restarts in a row were of no use (row S-108).
package struct RestartSchedule: Hashable, Sendable {
    /// How often something is started again without a success between.
    package static let attempts = 5
    private static let (first, longest): (Int64, Int64) = (2_000_000_000, 120_000_000_000)

    /// How often it has failed in a row.
    package private(set) var failures = 0
    /// Not before this moment, in nanoseconds of the clock that failures were told by.
    package private(set) var notBefore: Int64 = .min

    package init() {}

    /// Whether it has failed too often.
    package var isExhausted: Bool { failures > Self.attempts }

    /// Counts a failure at a moment.
    package mutating func fail(at moment: Int64) {
        failures += 1
        var pause = Self.first
        for _ in 1..<max(failures, 1) where pause < Self.longest { pause = min(pause * 2, Self.longest) }
        notBefore = moment.addingReportingOverflow(pause).partialValue
    }

    /// Forgets all failures.
    package mutating func succeed() { self = RestartSchedule() }
}
