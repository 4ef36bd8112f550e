/// Notices a key that comes a second time in its object, comparing bytes.
///
/// Small objects compare with the members so far; from the seventeenth member on a set is kept, so that a large object costs no
/// quadratic time.
struct DistinctKeys {
    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private var seen: Set<Key> = []

    /// Whether a key is new; `members` are those before it.
    mutating func insert(_ key: String, after members: [JSONObject.Member]) -> Bool {
        guard members.count >= 16 else {
            return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
        }
        if seen.isEmpty { seen = Set(members.map { Key(text: $0.key) }) }
        return seen.insert(Key(text: key)).inserted
    }
}
