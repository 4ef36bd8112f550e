import Objects
import TestSupport
import Testing

/// The best common ancestors, held against `git merge-base --all`.
@Suite struct MergeBaseTests {
    @Test(
        arguments: [(1, History.Clock.sane), (2, .frozen), (3, .wild), (4, .sane), (5, .wild)]
            as [(UInt64, History.Clock)])
    func agreeWithGit(seed: UInt64, clock: History.Clock) throws {
        let history = try History(seed: seed, count: 120, clock: clock)
        let walk = CommitWalk(try Repository(opening: history.path))
        var random = SeededGenerator(seed: seed)
        var several = 0
        var none = 0
        for _ in 0..<60 {
            let first = try #require(history.commits.randomElement(using: &random))
            let second = try #require(history.commits.randomElement(using: &random))
            let found = try walk.mergeBases(first, second)
            let outcome = try Tool.run("git", ["merge-base", "--all", first.hex, second.hex], in: history.path)
            #expect(found.map(\.hex).sorted() == outcome.text.split(separator: "\n").map(String.init).sorted())
            #expect(try walk.mergeBases(second, first) == found)
            if found.count > 1 { several += 1 }
            if found.isEmpty { none += 1 }
        }
        // Else nothing but the simple case has been looked at.
        #expect(several + none > 0)
    }

    @Test func ofAncestorsAndItself() throws {
        let history = try History(seed: 9, count: 12, clock: .sane, isLinear: true)
        let walk = CommitWalk(try Repository(opening: history.path))
        #expect(try walk.mergeBases(history.commits[4], history.commits[4]) == [history.commits[4]])
        #expect(try walk.mergeBases(history.commits[2], history.commits[9]) == [history.commits[2]])
        #expect(try walk.mergeBases(history.commits[9], history.commits[2]) == [history.commits[2]])
    }
}
