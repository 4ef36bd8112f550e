import Capsules
import Objects
import Testing

@testable import Workspaces

@Suite struct ChangeWatchTests {
    private let (a, b): (CapsuleID, CapsuleID)
    private let digests: [ContentDigest]

    init() throws {
        (a, b) = (try CapsuleID("a"), try CapsuleID("b"))
        digests = try (0..<3).map { try #require(ContentDigest("sha256:" + String(repeating: "\($0)", count: 64))) }
    }

    /// What there is in milliseconds, and what is told then.
    @Test func contentIsToldOnceItIsCalm() {
        var watch = ChangeWatch([a: digests[0]])
        let rows: [(moment: Int64, present: [CapsuleID: ContentDigest], told: [ChangeWatch.Change])] = [
            (0, [a: digests[0]], []),
            // Each change begins the wait anew.
            (100, [a: digests[1]], []), (400, [a: digests[2]], []), (899, [a: digests[2]], []),
            (900, [a: digests[2]], [.init(id: a, digest: digests[2])]), (2_000, [a: digests[2]], []),
            // What is as it was is no change.
            (2_100, [a: digests[1]], []), (2_200, [a: digests[2]], []), (2_700, [a: digests[1]], []),
            (2_800, [a: digests[2]], []), (9_000, [a: digests[2]], []),
            // One comes, and the other goes.
            (10_000, [b: digests[0]], []), (10_499, [b: digests[0]], []),
            (10_500, [b: digests[0]], [.init(id: a, digest: nil), .init(id: b, digest: digests[0])]),
            (11_000, [:], []), (11_100, [b: digests[0]], []), (12_000, [b: digests[0]], []),
        ]
        for row in rows {
            #expect(watch.look(row.present, at: row.moment * 1_000_000) == row.told, "\(row.moment)")
        }
    }
}
