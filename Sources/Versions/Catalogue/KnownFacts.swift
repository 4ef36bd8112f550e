/// The facts of one package by what they say; made once for a catalogue, and started anew for each package.
///
/// Few facts mostly are about one target, and comparing those costs less than hashing what a fact says; many are looked up.
struct KnownFacts {
    private static let few = 16

    /// A fact, and the place of the one before it about the same target; -1 for the first.
    private struct Entry {
        var id: Fact.ID
        let target: Catalogue.Package
        let fingerprint: UInt64
        let previous: Int
        /// How many there are about the target up to here.
        let count: Int
    }

    private var entries: ContiguousArray<Entry> = []
    /// The place of the last fact about each package; -1 for none.
    private var last: ContiguousArray<Int> = []
    /// Those about targets that have many.
    private var many: [FactKey: Fact.ID] = [:]

    /// Forgets all facts.
    mutating func removeAll() {
        for entry in entries { last[entry.target] = -1 }
        entries.removeAll(keepingCapacity: true)
        if !many.isEmpty { many.removeAll() }
    }

    /// The fact about a target that says this; nil for none.
    func fact(_ key: FactKey, about target: Catalogue.Package, in facts: ContiguousArray<Fact>) -> Fact.ID? {
        guard target < last.count, last[target] >= 0 else { return nil }
        if entries[last[target]].count > Self.few { return many[key] }
        let place = self.place(about: target) { entry in
            entry.fingerprint == key.fingerprint && facts[entry.id].requirement == key.requirement
                && facts[entry.id].reason == key.reason
        }
        return place.map { entries[$0].id }
    }

    /// Adds a fact, which takes the place of another one that says the same.
    mutating func insert(_ id: Fact.ID, _ key: FactKey, inPlaceOf old: Fact.ID?, in facts: ContiguousArray<Fact>) {
        let target = facts[id].target
        while last.count <= target { last.append(-1) }
        let count: Int
        if let old, let place = place(about: target, where: { $0.id == old }) {
            entries[place].id = id
            count = entries[last[target]].count
        } else {
            let before = last[target]
            count = before < 0 ? 1 : entries[before].count + 1
            last[target] = entries.count
            entries.append(
                Entry(id: id, target: target, fingerprint: key.fingerprint, previous: before, count: count))
            if count == Self.few + 1 {
                var place = before
                while place >= 0 {
                    let known = entries[place].id
                    many[FactKey(facts[known])] = known
                    place = entries[place].previous
                }
            }
        }
        if count > Self.few { many[key] = id }
    }

    private func place(about target: Catalogue.Package, where holds: (Entry) -> Bool) -> Int? {
        var place = last[target]
        while place >= 0 {
            if holds(entries[place]) { return place }
            place = entries[place].previous
        }
        return nil
    }
}
