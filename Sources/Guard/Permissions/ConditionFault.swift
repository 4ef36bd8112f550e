/// Why a condition of a grant does not hold.
package enum ConditionFault: Error, Hashable, Sendable {
    /// The request says nothing of the field (row A-083).
    case missingField
    /// The field or the value is of a type that the operator does not compare.
    case type
    /// The field is something else.
    case differs
    /// The pattern cannot be used, in words (row A-084).
    case pattern(String)
    /// The capsule has more patterns, or larger ones, than are used.
    case patterns
    /// What all conditions of one question may take together is used up.
    case work(limit: Int)
}

extension ConditionFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingField: "the request does not say it"
        case .type: "it is of a type that the operator does not compare"
        case .differs: "it is something else"
        case .pattern(let text): "its pattern cannot be used: \(text)"
        case .patterns:
            "the capsule's patterns are more than \(PermissionCheck.maximumPatterns), or have more than "
                + "\(PermissionCheck.maximumInstructions) instructions"
        case .work(let limit): "the conditions take too long: the limit 'permissionWork' is \(limit)"
        }
    }
}
