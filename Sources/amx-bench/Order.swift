import ArgumentParser
import Foundation
import Objects
import Versions

/// `amx-bench order`: in which order very many capsules are loaded.
struct Order: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Measure the order in which capsules are loaded.",
        discussion: """
            Makes capsules of which each provides a topic and a tool, and requires the topics and tools of two others, one in ten by a \
            wildcard that a hundred answer; all of it is in memory before the first measurement. Exits with 1 when somebody comes before \
            what it requires.

            Example:
              amx-bench order --capsules 100000
            """)

    @Option(help: "How many capsules.") var capsules = 100_000
    @Option(help: "How often they are ordered.") var rounds = 5

    func validate() throws {
        guard capsules > 0, rounds > 0 else { throw ValidationError("--capsules and --rounds must be at least 1") }
    }

    func run() throws {
        let candidates = Self.candidates(capsules)
        var times: [Double] = []
        var order: LoadOrder?
        for _ in 0..<rounds {
            let start = MonotonicClock.seconds()
            order = try LoadOrder(candidates)
            times.append((MonotonicClock.seconds() - start) * 1e3)
        }
        print("| \(capsules) capsules | ms |")
        print("|---|---|")
        print("| order of loading | \(String(format: "%.0f", times.sorted()[rounds / 2])) |")
        guard let order, order.indices.count == capsules, Self.isSound(order, candidates) else { throw ExitCode(1) }
    }

    /// Candidates in an order that is as wrong as can be: who requires comes before who provides.
    private static func candidates(_ count: Int) -> [LoadCandidate] {
        (0..<count).reversed().map { place in
            let (group, left, right) = (place / 100, place / 2, place * 2 / 3)
            var requires: [String] = []
            if left < place { requires.append("tool:t\(left)") }
            if place % 10 == 0, group > 0 {
                requires.append("topic:g\(group - 1).*")
            } else if right < place {
                requires.append("topic:g\(right / 100).n\(right)")
            }
            return LoadCandidate(
                name: "c\(place)", provides: ["topic:g\(group).n\(place)", "tool:t\(place)"], requires: requires)
        }
    }

    /// Whether everybody comes after those whose tools it requires, which are named one by one.
    private static func isSound(_ order: LoadOrder, _ candidates: [LoadCandidate]) -> Bool {
        var places: [String: Int] = [:]
        for (place, index) in order.indices.enumerated() {
            places["tool:t\(candidates[index].name.dropFirst())"] = place
        }
        return order.unmet.isEmpty
            && order.indices.enumerated().allSatisfy { place, index in
                candidates[index].requires.allSatisfy { places[$0].map { $0 < place } ?? true }
            }
    }
}
