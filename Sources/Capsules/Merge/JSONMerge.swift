package import Objects

/// Three versions of a JSON value merged by key: a pure value.
///
/// What one side changed is taken whole. Where both changed, objects merge by member and arrays by element as far as the elements can be
/// told apart; what is left is decided by the policy, or is a conflict, at which the result has what `favor` has.
package struct JSONMerge: Sendable {
    /// The result; nil when it is that there is nothing.
    package let value: JSONValue?
    /// What could not be decided, in the order of the document.
    package let conflicts: [JSONConflict]

    /// Merges.
    package init(
        base: JSONValue?, ours: JSONValue?, theirs: JSONValue?, policy: JSONMergePolicy = .document,
        favor: MergeSide = .ours
    ) {
        var work = Work(policy: policy, favor: favor)
        value = work.merge(base, ours, theirs, at: .root)
        conflicts = work.conflicts
    }

    /// The merge while it goes on.
    struct Work {
        let policy: JSONMergePolicy
        let favor: MergeSide
        private(set) var conflicts: [JSONConflict] = []

        init(policy: JSONMergePolicy, favor: MergeSide) { (self.policy, self.favor) = (policy, favor) }

        mutating func merge(
            _ base: JSONValue?, _ ours: JSONValue?, _ theirs: JSONValue?, at path: JSONPath
        ) -> JSONValue? {
            if ours.matches(theirs) || theirs.matches(base) { return ours }
            if ours.matches(base) { return theirs }
            switch (ours, theirs) {
            case (.object(let left)?, .object(let right)?):
                return .object(merge(base?.object ?? JSONObject(), left, right, at: path))
            case (.array(let left)?, .array(let right)?):
                if let merged = merge(base?.array ?? [], left, right, at: path) { return .array(merged) }
            case (.some(let left), .some(let right)):
                if let decided = policy.decide(left, right, at: path) { return decided }
            default: break
            }
            return conflict(base, ours, theirs, at: path)
        }

        /// Notes a conflict and gives what the result has there.
        mutating func conflict(
            _ base: JSONValue?, _ ours: JSONValue?, _ theirs: JSONValue?, at path: JSONPath
        ) -> JSONValue? {
            let conflict = JSONConflict(path: path, base: base, ours: ours, theirs: theirs)
            conflicts.append(conflict)
            return conflict[favor]
        }

        private mutating func merge(
            _ base: JSONObject, _ ours: JSONObject, _ theirs: JSONObject, at path: JSONPath
        ) -> JSONObject {
            let (before, left, right) = (base.values, ours.values, theirs.values)
            let names = MergedOrder.weave(
                ours.keys.map(KeyBytes.init), theirs.keys.map(KeyBytes.init), isKept: { _ in true })
            var members: [JSONObject.Member] = []
            for name in names {
                guard let value = merge(before[name], left[name], right[name], at: path.key(name.text))
                else { continue }
                members.append(JSONObject.Member(key: name.text, value: value))
            }
            return JSONObject(distinct: members)
        }
    }
}
