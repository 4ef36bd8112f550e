import Objects

extension JSONMerge.Work {
    /// Merges arrays element by element; nil where the elements cannot be told apart.
    mutating func merge(
        _ base: [JSONValue], _ ours: [JSONValue], _ theirs: [JSONValue], at path: JSONPath
    ) -> [JSONValue]? {
        guard !policy.isSequence(path),
            let identity = ElementIdentity.find(in: [base, ours, theirs], policy: policy),
            let names = Names(identity, base, ours, theirs)
        else { return nil }
        let (before, left, right) = (
            Self.table(names.base, base), Self.table(names.ours, ours), Self.table(names.theirs, theirs)
        )
        let favor = favor
        func isKept(_ name: JSONValue) -> Bool {
            switch (before[name], left[name], right[name]) {
            case (_, .some, .some), (nil, _, _): true
            case (.some(let old), .some(let value), nil): !value.matches(old) && favor != .theirs
            case (.some(let old), nil, .some(let value)): !value.matches(old) && favor != .ours
            case (.some, nil, nil): false
            }
        }
        let moved = (
            ours: MergedOrder.differs(names.base, names.ours),
            theirs: MergedOrder.differs(names.base, names.theirs)
        )
        if moved.ours, moved.theirs, identity != .text, MergedOrder.differs(names.ours, names.theirs) {
            return nil
        }
        let order =
            moved.theirs && !moved.ours
            ? MergedOrder.weave(names.theirs, names.ours, isKept: isKept)
            : MergedOrder.weave(names.ours, names.theirs, isKept: isKept)
        var merged: [JSONValue] = []
        for name in order {
            let place = path.index(merged.count)
            guard let value = merge(before[name], left[name], right[name], at: place) else { continue }
            merged.append(value)
        }
        // Elements that one side changed and the other removed, and the result lacks.
        let kept = Set(order)
        for name in names.base where !kept.contains(name) {
            let (old, here, there) = (before[name], left[name], right[name])
            guard !here.matches(old) && !there.matches(old) && !here.matches(there) else { continue }
            _ = conflict(old, here, there, at: path)
        }
        return merged
    }

    private static func table(_ names: [JSONValue], _ elements: [JSONValue]) -> [JSONValue: JSONValue] {
        Dictionary(zip(names, elements), uniquingKeysWith: { first, _ in first })
    }

    private struct Names {
        let base: [JSONValue]
        let ours: [JSONValue]
        let theirs: [JSONValue]

        init?(
            _ identity: ElementIdentity, _ base: [JSONValue], _ ours: [JSONValue], _ theirs: [JSONValue]
        ) {
            guard let base = identity.names(of: base), let ours = identity.names(of: ours),
                let theirs = identity.names(of: theirs)
            else { return nil }
            (self.base, self.ours, self.theirs) = (base, ours, theirs)
        }
    }
}
