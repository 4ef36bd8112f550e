package import Objects

/// Why a schema cannot be used, or a check with it came to no end.
package enum SchemaFault: Error, Hashable, Sendable {
    /// A keyword's value is none that it can have.
    case malformed(at: JSONPath, expected: String)
    /// A reference leads nowhere within the schema.
    case unresolved(at: JSONPath, reference: String)
    /// A schema comes back to itself for one and the same value.
    case endless(at: JSONPath)
    /// There are more schemas within the schema than may be.
    case tooManySchemas(limit: Int)
    /// A check took more steps than it may.
    case tooMuchWork(at: JSONPath)
    /// Schemas refer to each other deeper than they may.
    case tooDeep(at: JSONPath)
}

extension SchemaFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let path, let expected): "\(path): expected \(expected)"
        case .unresolved(let path, let reference):
            "\(path): '\(TreeRules.printable(reference.utf8))' is nothing in this schema"
        case .endless(let path): "\(path) comes back to itself"
        case .tooManySchemas(let limit): "it has more than \(limit) schemas within it"
        case .tooMuchWork(let path): "checking \(path) takes too much work"
        case .tooDeep(let path): "checking \(path) goes too deep"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch self {
        case .malformed: "write the keyword as JSON Schema describes it"
        case .unresolved: "refer to a schema below '$defs', as in {\"$ref\": \"#/$defs/order\"}"
        case .endless: "let the schema refer to itself only below 'properties', 'items' or the like"
        case .tooManySchemas, .tooMuchWork, .tooDeep: "make the schema simpler, or the value smaller"
        }
    }

    /// The error of something that has the schema, such as `the tool 'find-order'`.
    package func error(of subject: String) -> AmxError {
        AmxError(.failure, "cannot check by the schema of \(subject): \(self)", hint: hint, cause: self)
    }
}
