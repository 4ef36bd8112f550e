/// Versions of one package as a report shows them: runs over the versions that exist.
package struct VersionRuns: Hashable, Sendable {
    /// The first and the last version of each run, ascending.
    package let runs: [ClosedRun]
    /// Whether these are all versions that the package has.
    package let isAll: Bool
    /// How many versions these are.
    package let count: Int

    /// One run.
    package struct ClosedRun: Hashable, Sendable {
        package let first: SemanticVersion
        package let last: SemanticVersion
    }

    init(_ set: CandidateSet, of list: CandidateList) {
        count = set.count
        isAll = count == list.count
        // Pre-releases that are not among them don't part releases that are.
        let shown = set.subtracting(list.releases).isEmpty ? list.releases : CandidateSet(allOf: list.count)
        var runs: [ClosedRun] = []
        var start: Int?
        var previous = 0
        shown.forEach { ordinal in
            if set.contains(ordinal) {
                start = start ?? ordinal
                previous = ordinal
            } else if let first = start {
                runs.append(ClosedRun(first: list[first].version, last: list[previous].version))
                start = nil
            }
        }
        if let first = start { runs.append(ClosedRun(first: list[first].version, last: list[previous].version)) }
        self.runs = runs
    }
}

extension VersionRuns: CustomStringConvertible {
    /// `1.8.0`, `2.0.0 to 2.3.0`, `1.0.0, 1.2.0 to 1.4.0`; at most four runs, then how many versions more.
    package var description: String {
        if runs.isEmpty { return "no version" }
        let texts = runs.prefix(4).map { $0.first == $0.last ? $0.first.text : "\($0.first) to \($0.last)" }
        return texts.joined(separator: ", ") + (runs.count > 4 ? " and \(runs.count - 4) more ranges" : "")
    }
}
