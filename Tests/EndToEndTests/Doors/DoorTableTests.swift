import Foundation
import TestSupport
import Testing

/// What Amx refuses at one door it refuses at every other, for the same reason; what it takes at one it takes at all.
@Suite(.onTestThreads) struct DoorTableTests {
    /// How many seeds are tried; each is a minute of work.
    private static let seeds = UInt64(ProcessInfo.processInfo.environment["AMX_DOOR_SEEDS"] ?? "") ?? 1
    private static let parts = 4

    /// In parts, which run beside each other.
    @Test(arguments: 0..<parts) func sameVerdict(part: Int) throws {
        let doors = try DoorTable()
        for seed in 1...max(1, Self.seeds) {
            for (number, content) in HostileContent.examples(seed: seed).enumerated()
            where number % Self.parts == part { try doors.check(content) }
        }
    }
}
