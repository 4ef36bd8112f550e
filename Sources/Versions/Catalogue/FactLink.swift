/// The part of a fact that solves look at, in a few words; sets are inline for packages of up to 63 candidates.
struct FactLink {
    enum Role: UInt8 {
        /// The target must be there.
        case needs
        /// The target need not be there.
        case constrains
        /// Is looked at after all else.
        case wishes
        /// The versions cannot be used.
        case excludes
    }

    let package: Int32
    let target: Int32
    let role: Role
    /// Whether ``accepted`` was looked up.
    var isEvaluated = false
    var selector: UInt64
    var accepted: UInt64 = 0

    init(_ fact: Fact) {
        package = Int32(fact.package)
        target = Int32(fact.target)
        role =
            switch fact.requirement?.kind {
            case nil: .excludes
            case .optional: .wishes
            case .optionalPeer: .constrains
            case .required, .peer, .development: .needs
            }
        selector = fact.selector.first
        if let known = fact.accepted {
            accepted = known.first
            isEvaluated = true
        }
    }
}
