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

extension AcceptedVersions {
    /// A number that equal values have in common, and others rarely have.
    var fingerprint: UInt64 {
        switch self {
        case .any: 1
        case .constraint(let constraint): constraint.fingerprint
        case .ordinals(let runs, _):
            runs.reduce(2) { $0 &* 31 &+ UInt64(truncatingIfNeeded: $1.lowerBound ^ $1.upperBound << 16) }
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
