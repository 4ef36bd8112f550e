/// What names led to lately: at most a thousand of them, each for at most five minutes (rows ).
///
/// What is not there is not remembered, since it may come at any moment. Names are forgotten by their capsule alone (row A-115 with an
/// exact hand): its id is compared, no pattern is matched.
struct RecentLookups<Value: Sendable>: Sendable {
    /// What was looked for: row A-114's `manifest:<id>:<version>`, without the ambiguity of a text.
    struct Name: Sendable, Hashable {
        let id: CapsuleID
        let version: String
    }

    private struct Entry: Sendable {
        let value: Value
        let time: Int64
        var use: UInt64
    }

    /// How many names are remembered.
    static var capacity: Int { 1000 }
    /// How long a name is remembered, in nanoseconds.
    static var lifetime: Int64 { 300_000_000_000 }

    private var entries: [Name: Entry] = [:]
    private var uses: UInt64 = 0

    /// How many names are remembered now, those included whose time has passed since they were last asked for.
    var count: Int { entries.count }

    /// What a name led to less than five minutes ago.
    mutating func value(of name: Name, at now: Int64) -> Value? {
        guard let entry = entries[name] else { return nil }
        guard now - entry.time < Self.lifetime else {
            entries[name] = nil
            return nil
        }
        uses += 1
        entries[name]?.use = uses
        return entry.value
    }

    /// Remembers what a name leads to; where there are too many, the one goes that was not asked for the longest.
    mutating func keep(_ value: Value, of name: Name, at now: Int64) {
        uses += 1
        entries[name] = Entry(value: value, time: now, use: uses)
        guard entries.count > Self.capacity, let oldest = entries.min(by: { $0.value.use < $1.value.use }) else {
            return
        }
        entries[oldest.key] = nil
    }

    /// Forgets all names of a capsule.
    mutating func forget(_ id: CapsuleID) { entries = entries.filter { $0.key.id != id } }
}
