import Foundation
import Objects
import TestSupport
import Testing

/// Whether commits reach others, asked with one goal more each time, against `git rev-list`.
struct ReachWalkTests {
    @Test(arguments: [41, 42, 43, 44] as [UInt64], [History.Clock.sane, .frozen])
    func agreesWithGitAtEveryStep(seed: UInt64, clock: History.Clock) throws {
        let history = try History(seed: seed, count: 60, clock: clock)
        let repository = try Repository(opening: history.path)
        var random = SeededGenerator(seed: seed)
        var complete = 0
        for _ in 0..<12 {
            let starts = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                history.commits[Int.random(in: 30..<60, using: &random)]
            }
            let reached = try starts.map { Set(try history.revList([$0.hex])) }
            var walk = try ReachWalk(repository, from: starts)
            #expect(try !walk.isComplete())
            var goals: Set<String> = []
            for _ in 0..<10 {
                let goal = history.commits[Int.random(in: 0..<60, using: &random)]
                goals.insert(goal.hex)
                try walk.add(goal: goal)
                let expected = reached.allSatisfy { !$0.isDisjoint(with: goals) }
                #expect(try walk.isComplete() == expected, "\(starts) to \(goals)")
                complete += expected ? 1 : 0
            }
        }
        #expect(complete > 10)
    }

    @Test func claimsNothingWrongWhateverTheClocksSay() throws {
        let history = try History(seed: 45, count: 60, clock: .wild)
        let repository = try Repository(opening: history.path)
        for start in history.commits.suffix(20) {
            let reached = Set(try history.revList([start.hex]))
            for goal in history.commits {
                var walk = try ReachWalk(repository, from: [start])
                try walk.add(goal: goal)
                if try walk.isComplete() { #expect(reached.contains(goal.hex)) }
            }
        }
    }
}
