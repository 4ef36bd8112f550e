/// The facts of one package by what they say.
///
/// Few facts mostly are about one target, and comparing those costs less than hashing what a fact says; many are looked up.
struct KnownFacts {
    private static let few = 16

    /// By the package that is needed.
    private var ids: [Catalogue.Package: [Fact.ID]] = [:]
    /// Those about targets that have many.
    private var many: [FactKey: Fact.ID] = [:]

    /// The fact about a target that says this; nil for none.
    func fact(_ key: FactKey, about target: Catalogue.Package, in facts: ContiguousArray<Fact>) -> Fact.ID? {
        guard let known = ids[target] else { return nil }
        guard known.count <= Self.few else { return many[key] }
        return known.first { facts[$0].requirement == key.requirement && facts[$0].reason == key.reason }
    }

    /// Adds a fact, which takes the place of another one that says the same.
    mutating func insert(_ id: Fact.ID, _ key: FactKey, inPlaceOf old: Fact.ID?, in facts: ContiguousArray<Fact>) {
        let target = facts[id].target
        if let old, let place = ids[target]?.firstIndex(of: old) {
            ids[target]?[place] = id
        } else {
            ids[target, default: []].append(id)
        }
        guard let known = ids[target] else { return }
        if known.count == Self.few + 1 {
            for id in known { many[FactKey(facts[id])] = id }
        } else if known.count > Self.few {
            many[key] = id
        }
    }
}
