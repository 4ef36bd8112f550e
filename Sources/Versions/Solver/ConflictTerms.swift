/// The nogood that is being resolved: terms by package, each with the entry of the trail that made it hold.
struct ConflictTerms {
    struct Item {
        let package: UInt32
        /// Inline, or an offset into ``sets``.
        var bits: UInt64
        /// The index of the satisfier in the trail.
        var satisfier: Int32
    }

    var items: ContiguousArray<Item> = []
    var sets: ContiguousArray<UInt64> = []
    /// What the result is derived from.
    var parents: [Origin] = []
    /// Each package's place among the items; -1 for none.
    var places: ContiguousArray<Int32> = []

    mutating func removeAll() {
        for item in items { places[Int(item.package)] = -1 }
        items.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
        parents.removeAll(keepingCapacity: true)
    }

    /// Empties all, and forgets the packages.
    mutating func clear() {
        items.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
        parents.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    mutating func append(_ item: Item) {
        places[Int(item.package)] = Int32(items.count)
        items.append(item)
    }

    mutating func remove(at place: Int) {
        places[Int(items[place].package)] = -1
        let moved = items.removeLast()
        guard place < items.count else { return }
        items[place] = moved
        places[Int(moved.package)] = Int32(place)
    }
}
