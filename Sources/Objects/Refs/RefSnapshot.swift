/// All references of a repository at one moment.
package struct RefSnapshot: Sendable {
    /// Every reference, in bytewise order of the names.
    package let refs: [Ref]
    /// The repository's `HEAD`.
    package let head: Head

    /// Makes a snapshot of references that are sorted already.
    package init(sorted refs: [Ref], head: Head) {
        self.refs = refs
        self.head = head
    }

    /// Finds a reference by binary search.
    package subscript(_ name: RefName) -> Ref? {
        let index = refs.partitioningIndex { !($0.name < name) }
        guard index < refs.count, refs[index].name == name else { return nil }
        return refs[index]
    }

    /// The references whose names start with a prefix such as `refs/heads/`.
    package func refs(withPrefix prefix: String) -> ArraySlice<Ref> {
        let bytes = Array(prefix.utf8)
        let start = refs.partitioningIndex { !$0.name.bytes.lexicographicallyPrecedes(bytes) }
        let end = refs[start...].firstIndex { !$0.name.bytes.starts(with: bytes) } ?? refs.endIndex
        return refs[start..<end]
    }

    /// The branches.
    package var branches: ArraySlice<Ref> { refs(withPrefix: "refs/heads/") }
    /// The tags.
    package var tags: ArraySlice<Ref> { refs(withPrefix: "refs/tags/") }

    /// The object that `HEAD` names; nil while its branch is unborn.
    package var headID: ObjectID? {
        switch head {
        case .branch(let name): self[name]?.id
        case .detached(let id): id
        }
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that is false and then true, by binary search.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
