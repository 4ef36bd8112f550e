/// Which versions a requirement takes, in one of the forms in which sources know it.
package enum AcceptedVersions: Hashable, Sendable {
    /// Every candidate; releases are still tried first.
    case any
    /// A constraint of a manifest.
    case constraint(VersionConstraint)
    /// Runs of ordinals in the target's ascending list, and the text that they come from: for sources that have evaluated it.
    case ordinals([Range<Int>], text: String)

    /// The candidates of a list that are taken, among those that are eligible.
    func candidates(in list: CandidateList, eligible: CandidateSet) -> CandidateSet {
        switch self {
        case .any: return eligible
        case .constraint(let constraint): return constraint.candidates(in: list, eligible: eligible)
        case .ordinals(let runs, _):
            var set = CandidateSet(capacity: list.count)
            for run in runs { set.insert(contentsOf: run.clamped(to: 0..<list.count)) }
            return set.intersection(eligible)
        }
    }
}

extension AcceptedVersions: CustomStringConvertible {
    package var description: String {
        switch self {
        case .any: "*"
        case .constraint(let constraint): constraint.description
        case .ordinals(_, let text): text
        }
    }
}
