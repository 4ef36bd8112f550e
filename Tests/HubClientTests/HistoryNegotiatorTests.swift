import HubClient
import Objects
import TestSupport
import Testing

@Suite struct HistoryNegotiatorTests {
    private func commits(_ fixture: TransferFixture, _ arguments: [String]) throws -> [ObjectID] {
        try Tool.git(["rev-list"] + arguments, in: fixture.storePath).split(separator: "\n")
            .compactMap { ObjectID(hex: $0) }
    }

    private func tips(_ fixture: TransferFixture) throws -> [ObjectID] {
        try fixture.repository.refs.snapshot().refs.map(\.id)
    }

    @Test(arguments: [11, 12] as [UInt64])
    func offersEverythingOnceWhenNothingIsCommon(seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        fixture.history.grow(60)
        try fixture.importHistory(into: fixture.storePath)
        let negotiator = try HistoryNegotiator(fixture.repository, tips: tips(fixture), listed: [])
        var offered: [ObjectID] = []
        while let id = try negotiator.next() { offered.append(id) }
        let all = try commits(fixture, ["--all"])
        #expect(offered.count == all.count && Set(offered) == Set(all))
        let times = try offered.map { try fixture.repository.commit($0).committer.time }
        #expect(times == times.sorted(by: >))
    }

    @Test(arguments: [13, 14, 15] as [UInt64])
    func leavesOutWhatAnAcknowledgmentImplies(seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        var generator = SeededGenerator(seed: seed)
        fixture.history.grow(60)
        try fixture.importHistory(into: fixture.storePath)
        let negotiator = try HistoryNegotiator(fixture.repository, tips: tips(fixture), listed: [])
        var offered: Set<ObjectID> = []
        var implied: Set<ObjectID> = []
        while let id = try negotiator.next() {
            #expect(offered.insert(id).inserted && !implied.contains(id))
            guard Int.random(in: 0..<8, using: &generator) == 0 else { continue }
            try negotiator.acknowledge(id)
            implied.formUnion(try commits(fixture, [id.hex]))
        }
        #expect(offered.union(implied) == Set(try commits(fixture, ["--all"])))
        #expect(!implied.isSubset(of: offered))
    }

    @Test func listedCommitsComeFirstAndTheirAncestorsNever() throws {
        let fixture = try TransferFixture()
        fixture.history.grow(40)
        try fixture.importHistory(into: fixture.storePath)
        let listed = try #require(try commits(fixture, ["--skip=2", "-n1", "main"]).first)
        let unknown = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
        let negotiator = try HistoryNegotiator(fixture.repository, tips: tips(fixture), listed: [unknown, listed])
        var offered: [ObjectID] = []
        while let id = try negotiator.next() { offered.append(id) }
        #expect(offered.first == listed)
        #expect(Set(offered.dropFirst()) == Set(try commits(fixture, ["--all", "^\(listed)"])))
    }
}
