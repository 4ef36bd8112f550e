/// One thing that a schema demands of a value; a rule for another type of value than it has demands nothing.
///
/// Other schemas are places in the list that ``SchemaReader`` makes.
enum SchemaRule: Sendable {
    /// Nothing will do.
    case never
    case types(SchemaTypes)
    /// One of some values, in words too.
    case choices(Set<JSONValue>, words: String)

    case atLeast(SchemaNumber)
    case above(SchemaNumber)
    case atMost(SchemaNumber)
    case below(SchemaNumber)
    case multiple(of: SchemaNumber)

    /// In Unicode scalars.
    case shortest(Int)
    case longest(Int)
    case pattern(SchemaPattern)

    case fewestElements(Int)
    case mostElements(Int)
    case distinctElements
    /// The first elements by their places, then all others.
    case elements(first: [Int], others: Int?)
    case contains(Int, atLeast: Int, atMost: Int?)

    case fewestMembers(Int)
    case mostMembers(Int)
    case required([String])
    case members(SchemaMembers)
    case names(Int)
    /// Members that must be there with another one.
    case requiredWith(String, [String])
    /// A schema of the whole object where it has a member.
    case schemaWith(String, Int)

    case all([Int])
    case any([Int])
    case one([Int])
    case not(Int)
    case condition(Int, then: Int?, otherwise: Int?)
    case reference(Int)
}

/// A regular expression with what looks for it.
struct SchemaPattern: Sendable {
    let text: String
    let matcher: SchemaCheck.Matcher
}

/// The schemas of an object's members.
struct SchemaMembers: Sendable {
    var named: [KeyBytes: Int] = [:]
    var matching: [(pattern: SchemaPattern, schema: Int)] = []
    /// Of those that have no other.
    var others: Int?
}

/// A schema: its place in the document, and its rules in the order in which they are looked at.
struct SchemaNode: Sendable {
    let path: JSONPath
    var rules: [SchemaRule] = []

    /// Whether it is the schema `false`.
    var takesNothing: Bool {
        if case .never? = rules.first { true } else { false }
    }

    /// The schemas that look at the same value as this one.
    var sameValue: [Int] {
        rules.flatMap { rule -> [Int] in
            switch rule {
            case .all(let schemas), .any(let schemas), .one(let schemas): schemas
            case .not(let schema), .reference(let schema), .schemaWith(_, let schema): [schema]
            case .condition(let test, let then, let otherwise): [test, then, otherwise].compactMap(\.self)
            default: []
            }
        }
    }
}
