/// Why a request has no solution, for people and for programs.
package struct Conflict: Hashable, Sendable {
    /// What it rests on: these alone have no solution.
    package let facts: [ConflictFact]
    /// Whether each of the facts is needed; false when the bound on work was reached before that was sure.
    package let isMinimal: Bool
    /// The proof, each step from facts and the steps before; empty where it needs a distinction of cases.
    package let steps: [ConflictStep]
    /// Changes that were tried and work.
    package let repairs: [Repair]
    /// Requirements that a source that was not asked could answer. Not empty means: denied, rather than impossible.
    package let denials: [Denial]

    /// The report, one line each: the facts in the order of the proof with what they leave, then repairs.
    package let lines: [String]
}
