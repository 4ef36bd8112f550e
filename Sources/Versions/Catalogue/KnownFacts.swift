/// The facts of one package by what they say; made once for a catalogue, and started anew for each package.
///
/// Few facts mostly are about one target, and comparing those costs less than hashing what a fact says. Many are looked up by a fingerprint; only
/// where many have the same one, which somebody may have seen to, by all that they say.
struct KnownFacts {
    private static let few = 16

    /// A fact, and the places of those before it; -1 for the first.
    private struct Entry {
        var id: Fact.ID
        let target: Catalogue.Package
        let fingerprint: UInt64
        /// The one about the same target.
        let previous: Int
        /// How many there are about the target up to here.
        let count: Int
        /// The one with the same fingerprint about the same target, where there are many about that.
        var previousAlike = -1
        /// How many of those there are up to here.
        var countAlike = 0
    }

    /// What facts that are alike have in common.
    private struct Likeness: Hashable {
        let target: Catalogue.Package
        let fingerprint: UInt64
    }

    private var entries: ContiguousArray<Entry> = []
    /// The place of the last fact about each package; -1 for none.
    private var last: ContiguousArray<Int> = []
    /// The places of the last of those that are alike, about targets that have many.
    private var alike: [Likeness: Int] = [:]
    /// Those that many are alike to.
    private var many: [FactKey: Fact.ID] = [:]

    /// Forgets all facts.
    mutating func removeAll() {
        for entry in entries { last[entry.target] = -1 }
        entries.removeAll(keepingCapacity: true)
        if !alike.isEmpty { alike.removeAll() }
        if !many.isEmpty { many.removeAll() }
    }

    /// The fact about a target that says this; nil for none.
    func fact(_ key: FactKey, about target: Catalogue.Package, in facts: ContiguousArray<Fact>) -> Fact.ID? {
        guard target < last.count, last[target] >= 0 else { return nil }
        if isMany(target), let place = alike[Likeness(target: target, fingerprint: key.fingerprint)],
            entries[place].countAlike > Self.few
        {
            return many[key]
        }
        let place = self.place(about: target, key.fingerprint) { entry in
            entry.fingerprint == key.fingerprint && facts[entry.id].requirement == key.requirement
                && facts[entry.id].reason == key.reason
        }
        return place.map { entries[$0].id }
    }

    /// Adds a fact, which takes the place of another one that says the same.
    mutating func insert(_ id: Fact.ID, _ key: FactKey, inPlaceOf old: Fact.ID?, in facts: ContiguousArray<Fact>) {
        let target = facts[id].target
        while last.count <= target { last.append(-1) }
        if let old, let place = place(about: target, key.fingerprint, where: { $0.id == old }) {
            entries[place].id = id
            if many[key] != nil { many[key] = id }
            return
        }
        let before = last[target]
        last[target] = entries.count
        entries.append(
            Entry(
                id: id, target: target, fingerprint: key.fingerprint, previous: before,
                count: before < 0 ? 1 : entries[before].count + 1))
        guard isMany(target) else { return }
        guard before >= 0, entries[before].countAlike == 0 else { return join(last[target], facts) }
        // The first that is one too many: now all are looked up.
        var place = last[target]
        while place >= 0 {
            join(place, facts)
            place = entries[place].previous
        }
    }

    /// Whether there are many facts about a target.
    private func isMany(_ target: Catalogue.Package) -> Bool { entries[last[target]].count > Self.few }

    /// Puts a fact with those that are alike.
    private mutating func join(_ place: Int, _ facts: ContiguousArray<Fact>) {
        let likeness = Likeness(target: entries[place].target, fingerprint: entries[place].fingerprint)
        if let before = alike.updateValue(place, forKey: likeness) {
            entries[place].previousAlike = before
            entries[place].countAlike = entries[before].countAlike
        }
        entries[place].countAlike += 1
        guard entries[place].countAlike > Self.few else { return }
        var next = place
        while next >= 0 {
            many[FactKey(facts[entries[next].id])] = entries[next].id
            next = entries[place].countAlike == Self.few + 1 ? entries[next].previousAlike : -1
        }
    }

    /// The place of a fact about a target, with a fingerprint where there are many.
    private func place(
        about target: Catalogue.Package, _ fingerprint: UInt64, where holds: (Entry) -> Bool
    ) -> Int? {
        let isMany = last[target] >= 0 && isMany(target)
        var place = isMany ? alike[Likeness(target: target, fingerprint: fingerprint)] ?? -1 : last[target]
        while place >= 0 {
            if holds(entries[place]) { return place }
            place = isMany ? entries[place].previousAlike : entries[place].previous
        }
        return nil
    }
}
