/// The facts of one package by what they say.
///
/// Most packages have a few, and comparing those costs less than hashing what a fact says; with more, they are looked up.
struct KnownFacts {
    private static let few = 16

    private var keys: [FactKey] = []
    private var ids: [Fact.ID] = []
    /// The places of all keys; empty as long as there are few.
    private var places: [FactKey: Int] = [:]

    /// The fact that says this; nil for none. Setting nil has no effect.
    subscript(key: FactKey) -> Fact.ID? {
        get { place(of: key).map { ids[$0] } }
        set {
            guard let newValue else { return }
            if let place = place(of: key) {
                ids[place] = newValue
                return
            }
            keys.append(key)
            ids.append(newValue)
            if keys.count == Self.few + 1 {
                for (place, key) in keys.enumerated() { places[key] = place }
            } else if keys.count > Self.few {
                places[key] = keys.count - 1
            }
        }
    }

    private func place(of key: FactKey) -> Int? {
        keys.count > Self.few ? places[key] : keys.firstIndex(of: key)
    }
}
