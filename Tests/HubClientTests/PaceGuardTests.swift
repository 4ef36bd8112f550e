import Testing

@testable import HubClient

/// When a trickle of bytes counts as none.
struct PaceGuardTests {
    @Test(arguments: [
        (1, 60, 3), (15, 60, 40), (100_000, 1, 1), (0, 10, 10),
    ])
    func slowIsNoticedAfterAWindow(bytes: Int, seconds: Int, waits: Int) {
        var pace = PaceGuard(window: .seconds(seconds))
        let least = PaceGuard.leastBytesPerSecond * seconds
        var found: Int?
        for _ in 0..<waits { found = pace.add(wait: .seconds(seconds) / waits, bytes: bytes) ?? found }
        // Rounding may leave the window a moment short.
        found = pace.add(wait: .milliseconds(1), bytes: 0) ?? found
        #expect((found != nil) == (bytes * waits < least))
    }

    @Test func eachWindowCountsForItself() {
        var pace = PaceGuard(window: .seconds(10))
        #expect(pace.add(wait: .seconds(10), bytes: 1_000_000) == nil)
        #expect(pace.add(wait: .seconds(9), bytes: 0) == nil)
        #expect(pace.add(wait: .seconds(1), bytes: 5) == 5)
    }
}
