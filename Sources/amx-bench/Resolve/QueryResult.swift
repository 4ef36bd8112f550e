/// What came of one query, as it is printed.
struct QueryResult: Encodable {
    enum Verdict: String, Encodable {
        case sat
        case unsat
        case gaveUp = "gave-up"
    }

    /// One thing that a conflict rests on.
    struct Fact: Encodable {
        /// Who says it: a package, or `workspace`.
        let from: String
        /// The versions of that package; absent for the workspace.
        let versions: String?
        let to: String
        let constraint: String
        let kind: String?
    }

    let name: String
    let verdict: Verdict
    /// Of the solver alone, everything being in memory.
    let milliseconds: Double
    /// The processor's time for the same, which other programs disturb less.
    let processorMilliseconds: Double
    /// The verdict that the file expects, where it differs.
    var wrong: String?
    /// The solution that the file expects, where it differs.
    var expected: [String: String]?
    var solution: [String: String]?
    var core: [Fact]?
    /// Whether each fact of the core was found to be needed.
    var isMinimal: Bool?
    var report: [String]?
    /// Of reducing the core, proving it again, and trying repairs.
    var explanationMilliseconds: Double?
}
