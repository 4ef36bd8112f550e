/// Which keys of a store an entry of `capabilities.kv` stands for: the key itself, or, where it ends in `*`, all that
/// begin so.
enum KeyPattern {
    static func matches(_ key: String, entry: String) -> Bool {
        guard entry.utf8.last == UInt8(ascii: "*") else { return key.utf8.elementsEqual(entry.utf8) }
        return key.utf8.starts(with: entry.utf8.dropLast())
    }
}
