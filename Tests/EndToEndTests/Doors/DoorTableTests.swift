import Foundation
import TestSupport
import Testing

/// What Amx refuses at one door it refuses at every other, for the same reason; what it takes at one it takes at all.
@Suite(.onTestThreads) struct DoorTableTests {
    /// How many seeds are tried, with every content at every door, which takes minutes each. Without it, one seed, and each
    /// content at a third of the doors.
    private static let seeds = UInt64(ProcessInfo.processInfo.environment["AMX_DOOR_SEEDS"] ?? "")
    private static let parts = 4

    /// In parts, which run beside each other.
    @Test(arguments: 0..<parts) func sameVerdict(part: Int) throws {
        let doors = try DoorTable()
        for seed in 1...max(1, Self.seeds ?? 1) {
            for (number, content) in HostileContent.examples(seed: seed).enumerated()
            where number % Self.parts == part {
                let chosen = Door.allCases.enumerated().filter { door, _ in
                    Self.seeds != nil || door % 3 == (number / Self.parts) % 3
                }
                try doors.check(content, at: chosen.map(\.element))
            }
        }
    }

    /// What cannot be brought to a door, and why; nothing is left out without a reason.
    @Test func leavesOutOnlyWhatCannotBe() {
        let examples = HostileContent.examples(seed: 1)
        var reasons: Set<String> = []
        for content in examples { reasons.formUnion(Door.allCases.compactMap { $0.obstacle(to: content) }) }
        #expect(
            Set(reasons.filter { !$0.hasPrefix("only trees have the mode") }) == [
                "only trees have an order", "the file system has no names of this length", "a folder has a name once",
                "a file that lies elsewhere may be any capsule's",
            ])
        for door in Door.allCases {
            let open = examples.filter { door.obstacle(to: $0) == nil }
            #expect(open.count > examples.count * 3 / 4, "\(door)")
        }
    }
}
