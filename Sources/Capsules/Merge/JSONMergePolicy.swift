import Versions

/// What a kind of document decides where both sides changed a value.
package enum JSONMergePolicy: Sendable, Hashable {
    /// Nothing: any document.
    case document
    /// `manifest.json` and what is like it in a workspace: the higher version, the higher of two constraints with the same operator.
    case manifest
    /// Rules: the greater priority.
    case rules

    /// The members whose arrays of strings are sequences: the order and the repetition of arguments mean something.
    private static let sequences = ["args", "arguments", "argv", "command"]

    /// Whether an array at a path is one value whatever it holds.
    func isSequence(_ path: JSONPath) -> Bool {
        guard case .key(let key)? = path.steps.last else { return false }
        return Self.sequences.contains { $0.utf8.elementsEqual(key.utf8) }
    }

    /// The members that together name an element of an array; the first that fit all elements are taken.
    var identities: [[String]] {
        let common = [["id"], ["name"], ["path"], ["resource"]]
        return self == .manifest ? common + [["path", "method"], ["event", "handler"]] : common
    }

    /// The value that two changed ones give; nil where that cannot be told.
    func decide(_ ours: JSONValue, _ theirs: JSONValue, at path: JSONPath) -> JSONValue? {
        switch self {
        case .document: return nil
        case .manifest:
            guard let left = ours.string, let right = theirs.string, Self.holdsVersion(path) else {
                return nil
            }
            return Self.higher(left, right).map { $0 ? theirs : ours }
        case .rules:
            guard case .key(let key)? = path.steps.last, key.utf8.elementsEqual("priority".utf8),
                let left = Self.number(ours), let right = Self.number(theirs), left != right
            else { return nil }
            return left < right ? theirs : ours
        }
    }

    /// A number, or in YAML the text of one.
    private static func number(_ value: JSONValue) -> Double? {
        if let number = value.number { return number }
        guard let text = value.string, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// Whether a manifest has a version or a constraint at a path.
    private static func holdsVersion(_ path: JSONPath) -> Bool {
        let keys = path.steps.map { step -> String? in if case .key(let key) = step { key } else { nil }
        }
        guard let first = keys.first ?? nil, let last = keys.last ?? nil else { return false }
        if keys.count == 1 {
            return ["version", "aimatrixVersion", "nodeVersion", "pythonVersion"].contains(first)
        }
        guard Dependency.Kind.allCases.contains(where: { $0.rawValue == first }) else { return false }
        return keys.count == 2 || keys.count == 3 && last == "version"
    }

    /// Whether the second of two versions or constraints is the higher one; nil where neither is.
    private static func higher(_ left: String, _ right: String) -> Bool? {
        guard let left = single(left), let right = single(right), left.operator == right.operator,
            let first = left.version, let second = right.version, first != second
        else { return nil }
        return first < second
    }

    /// The one comparator of a text, if it bounds versions from below.
    private static func single(_ text: String) -> VersionComparator? {
        guard let constraint = try? VersionConstraint(parsing: text),
            constraint.alternatives.count == 1,
            let comparators = constraint.alternatives.first, comparators.count == 1,
            let only = comparators.first
        else { return nil }
        switch only.operator {
        case .equal, .greater, .greaterOrEqual, .tilde, .caret: return only
        case .less, .lessOrEqual, .latest: return nil
        }
    }
}
