/// What the grants say of a request.
package enum PermissionVerdict: Hashable, Sendable {
    /// The grant of this number, from 0, allows all of it.
    case allowed(grant: Int)
    /// None does. Of each that is for the resource, why not.
    case denied([Refusal])

    /// Why a grant does not allow a request.
    package struct Refusal: Hashable, Sendable {
        /// The grant's number, from 0.
        package let grant: Int
        package let reason: Reason
    }

    package enum Reason: Hashable, Sendable {
        /// Some actions are not among the grant's, in the order of the request.
        case actions([String])
        /// A condition does not hold: its number, from 0, its field, and why.
        case condition(Int, field: String, ConditionFault)
    }

    /// Whether it is allowed.
    package var isAllowed: Bool { if case .allowed = self { true } else { false } }
}

extension PermissionVerdict.Refusal: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .actions(let actions):
            "permissions[\(grant)] has no action \(actions.map { "'\(Excerpt.of($0))'" }.joined(separator: ", "))"
        case .condition(let number, let field, let fault):
            "permissions[\(grant)].conditions[\(number)] on '\(Excerpt.of(field))': \(fault)"
        }
    }
}
