/// Reads the header of a commit or tag line by line.
struct HeaderCursor {
    let id: ObjectID
    let kind: ObjectKind
    private var rest: UnsafeRawBufferPointer.SubSequence

    /// Finds the header: all before the first empty line, or all when there is none; it ends with a newline and has no
    /// NUL byte.
    init(_ bytes: UnsafeRawBufferPointer, id: ObjectID, kind: ObjectKind) throws(AmxError) {
        self.id = id
        self.kind = kind
        var end = bytes.startIndex
        while end < bytes.endIndex {
            guard let newline = bytes[end...].firstIndex(of: 0x0A) else {
                throw PackRefusal.object(id, kind, "its header does not end with a newline")
            }
            if newline == end, end > bytes.startIndex { break }
            end = newline + 1
        }
        guard end > bytes.startIndex else { throw PackRefusal.object(id, kind, "it is empty") }
        rest = bytes[..<end]
        guard !rest.contains(0) else { throw PackRefusal.object(id, kind, "its header has a NUL byte") }
    }

    /// Takes the next line when it has this key, and returns what follows the key and a space.
    mutating func value(of key: StaticString) -> UnsafeRawBufferPointer.SubSequence? {
        let start = key.withUTF8Buffer { key in
            rest.starts(with: key) && rest.dropFirst(key.count).first == 0x20 ? rest.startIndex + key.count + 1 : nil
        }
        guard let start, let newline = rest[start...].firstIndex(of: 0x0A) else { return nil }
        defer { rest = rest[(newline + 1)...] }
        return rest[start..<newline]
    }

    /// The error for this object.
    func refuse(_ why: String) -> AmxError { PackRefusal.object(id, kind, why) }
}
