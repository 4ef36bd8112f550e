/// One check of a value: goes through it along the rules of a schema, counts its steps, and collects what is wrong.
struct SchemaWalk {
    /// A problem, and whether the value is of another kind than the rule is for: such a schema was hardly meant.
    struct Finding {
        let problem: SchemaProblem
        let kind: Kind?
    }

    /// How a value shows that another schema was meant.
    enum Kind {
        /// Another type, or none of some values.
        case other
        /// Not the one value that this one must be: as the member `type` of an object often is.
        case otherConstant
    }

    let nodes: [SchemaNode]
    private let bounds: SchemaBounds
    private var steps = 0
    private var depth = 0
    /// The way to the value that is looked at.
    var way: [JSONPath.Step] = []
    var findings: [Finding] = []
    /// Whether only the answer counts: nothing is collected, and the first problem is the last.
    private(set) var isProbing = false

    init(nodes: [SchemaNode], bounds: SchemaBounds) { (self.nodes, self.bounds) = (nodes, bounds) }

    /// All that is wrong with a value, as far as it is told.
    mutating func problems(in value: JSONValue) throws(SchemaFault) -> [SchemaProblem] {
        _ = try takes(value, by: 0)
        return findings.map(\.problem)
    }

    // MARK: Schemas

    /// Whether a schema takes a value; if not, what is wrong is collected.
    mutating func takes(_ value: JSONValue, by schema: Int) throws(SchemaFault) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth <= bounds.depth else { throw .tooDeep(at: path) }
        let rules = nodes[schema].rules
        try spend(1 + rules.count)
        var isTaken = true
        for rule in rules where try !takes(value, rule) {
            isTaken = false
            if isDone { break }
        }
        return isTaken
    }

    /// Whether a schema takes a value, without collecting anything.
    mutating func wouldTake(_ value: JSONValue, by schema: Int) throws(SchemaFault) -> Bool {
        let outer = isProbing
        isProbing = true
        defer { isProbing = outer }
        return try takes(value, by: schema)
    }

    /// As ``takes(_:by:)``, one step further down.
    mutating func takes(_ value: JSONValue, by schema: Int, at step: JSONPath.Step) throws(SchemaFault) -> Bool {
        way.append(step)
        defer { way.removeLast() }
        return try takes(value, by: schema)
    }

    // MARK: Findings

    /// Where the walk is.
    var path: JSONPath { JSONPath(steps: way) }

    /// Whether a problem more would tell nothing more.
    var isDone: Bool { isProbing || findings.count >= SchemaCheck.maximumProblems }

    /// Collects a problem, once; always false.
    mutating func refuse(
        expected: @autoclosure () -> String, found: @autoclosure () -> String, kind: Kind? = nil
    ) -> Bool {
        guard !isDone else { return false }
        add(Finding(problem: SchemaProblem(path: path, expected: expected(), found: found()), kind: kind))
        return false
    }

    /// Collects a problem at a member that is missing; always false.
    mutating func refuse(missing name: String, expected: @autoclosure () -> String) -> Bool {
        way.append(.key(name))
        defer { way.removeLast() }
        return refuse(expected: expected(), found: "nothing")
    }

    /// Collects a problem, once.
    mutating func add(_ finding: Finding) {
        if findings.count < SchemaCheck.maximumProblems, !findings.contains(where: { $0.problem == finding.problem }) {
            findings.append(finding)
        }
    }

    /// Counts steps.
    mutating func spend(_ count: Int) throws(SchemaFault) {
        steps += count
        guard steps <= bounds.steps else { throw .tooMuchWork(at: path) }
    }

    // MARK: Rules

    private mutating func takes(_ value: JSONValue, _ rule: SchemaRule) throws(SchemaFault) -> Bool {
        switch rule {
        case .never: return refuse(expected: "no value", found: ManifestReader.describe(value), kind: .other)
        case .types(let types):
            guard types.isDisjoint(with: SchemaTypes(of: value)) else { return true }
            return refuse(expected: types.words, found: ManifestReader.describe(value), kind: .other)
        case .choices(let values, let words):
            try spend(value.partCount)
            guard !values.contains(value.bySchemaValue) else { return true }
            return refuse(
                expected: words, found: ManifestReader.describe(value),
                kind: values.count == 1 ? .otherConstant : .other)
        case .atLeast, .above, .atMost, .below, .multiple:
            guard let number = SchemaNumber(value) else { return true }
            return takes(number, rule)
        case .shortest, .longest, .pattern:
            guard case .string(let text) = value else { return true }
            return try takes(text, rule)
        case .fewestElements, .mostElements, .distinctElements, .elements, .contains:
            guard case .array(let elements) = value else { return true }
            return try takes(elements, rule)
        case .fewestMembers, .mostMembers, .required, .members, .names, .requiredWith:
            guard case .object(let object) = value else { return true }
            return try takes(object, rule)
        case .schemaWith(let name, let schema):
            guard case .object(let object) = value else { return true }
            try spend(object.count)
            return object.contains(name) ? try takes(value, by: schema) : true
        case .all(let schemas):
            var isTaken = true
            for schema in schemas where try !takes(value, by: schema) {
                isTaken = false
                if isDone { break }
            }
            return isTaken
        case .any(let schemas): return try takesAny(value, schemas)
        case .one(let schemas): return try takesOne(value, schemas)
        case .not(let schema):
            guard try wouldTake(value, by: schema) else { return true }
            return refuse(expected: "what the schema of 'not' does not take", found: ManifestReader.describe(value))
        case .condition(let test, let then, let otherwise):
            guard let schema = try wouldTake(value, by: test) ? then : otherwise else { return true }
            return try takes(value, by: schema)
        case .reference(let schema): return try takes(value, by: schema)
        }
    }

    private mutating func takes(_ number: SchemaNumber, _ rule: SchemaRule) -> Bool {
        let (isTaken, expected): (Bool, String) =
            switch rule {
            case .atLeast(let bound): (number >= bound, "at least \(bound)")
            case .above(let bound): (number > bound, "more than \(bound)")
            case .atMost(let bound): (number <= bound, "at most \(bound)")
            case .below(let bound): (number < bound, "less than \(bound)")
            case .multiple(let divisor): (number.isMultiple(of: divisor), "a multiple of \(divisor)")
            default: (true, "")
            }
        return isTaken || refuse(expected: expected, found: "\(number)")
    }

    private mutating func takes(_ text: String, _ rule: SchemaRule) throws(SchemaFault) -> Bool {
        try spend(text.utf8.count / 16)
        switch rule {
        case .shortest(let least):
            let count = text.unicodeScalars.count
            return count >= least || refuse(expected: "at least \(least) characters", found: "\(count)")
        case .longest(let most):
            let count = text.unicodeScalars.count
            return count <= most || refuse(expected: "at most \(most) characters", found: "\(count)")
        case .pattern(let pattern):
            guard try !isFound(pattern, in: text) else { return true }
            return refuse(
                expected: "a text that matches \(ManifestReader.excerpt(pattern.text))",
                found: ManifestReader.describe(.string(text)))
        default: return true
        }
    }

    /// Whether a pattern is found in a text.
    mutating func isFound(_ pattern: SchemaPattern, in text: String) throws(SchemaFault) -> Bool {
        try spend(1 + text.utf8.count / 16)
        guard let isFound = pattern.matcher(text) else { throw .tooMuchWork(at: path) }
        return isFound
    }
}
