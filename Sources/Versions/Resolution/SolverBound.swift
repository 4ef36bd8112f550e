/// The bound on work that a request has come to: it is told with its value.
package enum SolverBound: Hashable, Sendable, CustomStringConvertible {
    /// As ``SolverLimits/conflicts``.
    case conflicts(Int)
    /// As ``SolverLimits/steps``.
    case steps(Int)

    /// As in "gave up after 25000 conflicts".
    package var description: String {
        switch self {
        case .conflicts(let count): "\(count) conflicts"
        case .steps(let count): "\(count) steps"
        }
    }
}
