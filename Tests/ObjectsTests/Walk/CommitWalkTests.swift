import Foundation
import Objects
import TestSupport
import Testing

/// Ancestry and order, against `git merge-base` and `git rev-list`.
struct CommitWalkTests {
    @Test(arguments: [History.Clock.sane, .frozen, .wild])
    func ancestryAgreesWithGit(clock: History.Clock) throws {
        let history = try History(seed: 31, count: 50, clock: clock)
        let walk = CommitWalk(try Repository(opening: history.path))
        for descendant in history.commits.indices.filter({ $0 % 3 == 1 }) {
            let reached = Set(try history.revList([history.commits[descendant].hex]))
            for ancestor in history.commits.indices {
                let verdict = try walk.isAncestor(history.commits[ancestor], of: history.commits[descendant])
                #expect(verdict == reached.contains(history.commits[ancestor].hex), "\(ancestor) of \(descendant)")
            }
        }
        // The oracle's oracle, on a few pairs.
        for (ancestor, descendant) in [(0, 49), (10, 40), (40, 10), (20, 21), (48, 49)] {
            let git = try Tool.run(
                "git",
                ["merge-base", "--is-ancestor", history.commits[ancestor].hex, history.commits[descendant].hex],
                in: history.path, environment: Tool.gitEnvironment)
            let ours = try walk.isAncestor(history.commits[ancestor], of: history.commits[descendant])
            #expect(ours == (git.status == 0))
        }
    }

    @Test func unknownCommitsAreNoAncestors() throws {
        let history = try History(seed: 32, count: 3, clock: .sane)
        let walk = CommitWalk(try Repository(opening: history.path))
        let absent = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
        #expect(try !walk.isAncestor(absent, of: history.commits[2]))
        #expect(try !walk.isAncestor(history.commits[2], of: absent))
        #expect(try walk.isAncestor(history.commits[1], of: history.commits[1]))
    }

    @Test func visitsEachCommitOnceNewestFirst() throws {
        let history = try History(seed: 33, count: 60, clock: .sane)
        let walk = CommitWalk(try Repository(opening: history.path))
        let tips = [history.commits[59], history.commits[50], history.commits[59]]
        var visited: [String] = []
        try walk.visit(tips) { node in
            visited.append(node.id.hex)
            return true
        }
        #expect(try visited == history.revList(["--date-order"] + tips.map(\.hex)))
        var count = 0
        try walk.visit(tips) { _ in
            count += 1
            return count < 5
        }
        #expect(count == 5)
    }

    @Test(arguments: [History.Clock.sane, .frozen])
    func aheadAndBehindAgreeWithGit(clock: History.Clock) throws {
        let history = try History(seed: 34, count: 60, clock: clock)
        let walk = CommitWalk(try Repository(opening: history.path))
        var random = SeededGenerator(seed: 34)
        for _ in 0..<25 {
            let left = try #require(history.commits.randomElement(using: &random))
            let right = try #require(history.commits.randomElement(using: &random))
            let counts = try Tool.git(
                ["rev-list", "--left-right", "--count", "\(left)...\(right)"], in: history.path)
            let ahead = try walk.missing(wants: [left], haves: [right]).found.count
            let behind = try walk.missing(wants: [right], haves: [left]).found.count
            #expect("\(ahead)\t\(behind)" == counts)
        }
    }

    @Test func aLongLinearHistoryIsWalkedInTime() throws {
        let history = try History(seed: 35, count: 20_000, clock: .sane, isLinear: true)
        let walk = CommitWalk(try Repository(opening: history.path))
        let (first, last) = (history.commits[0], history.commits[19_999])
        var start = ProcessorTime.now
        #expect(try walk.isAncestor(first, of: last))
        let full = ProcessorTime.now - start
        // What is near must not cost the whole history, in either direction.
        start = ProcessorTime.now
        #expect(try walk.missing(wants: [last], haves: [history.commits[19_990]]).found.count == 9)
        #expect(try walk.isAncestor(history.commits[19_990], of: last))
        #expect(try !walk.isAncestor(last, of: history.commits[19_990]))
        let near = ProcessorTime.now - start
        #expect(full < .seconds(15), "\(full)")
        #expect(near < .seconds(1), "\(near)")
        #expect(near * 5 < full)
    }
}
