import Testing

@testable import Runners

@Suite("Runners: how much is published in a second") struct RateMeterTests {
    private static let all = RateMeter.bytesPerSecond

    /// Milliseconds and bytes of what is published, and whether it may be.
    @Test(
        arguments: [
            [(0, all, true), (0, 1, false), (999, all, false), (1_000, all, true), (1_000, 1, false)],
            [(0, all + 1, false), (0, all, true)],
            [(0, all / 2, true), (0, all / 2, true), (500, all / 2 + 1, false), (500, all / 2, true), (500, 1, false)],
            // What is not used is not saved up for later.
            [(0, 1, true), (60_000, all, true), (60_000, 1, false), (60_100, all / 10, true), (60_100, 1, false)],
        ] as [[(Int64, Int, Bool)]])
    func admits(all: [(Int64, Int, Bool)]) {
        var meter = RateMeter()
        for (milliseconds, bytes, isAdmitted) in all {
            #expect(meter.admits(bytes: bytes, at: milliseconds * 1_000_000) == isAdmitted)
        }
    }
}
