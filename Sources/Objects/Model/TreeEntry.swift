/// One entry of a tree object, as it stands there: nothing is checked but the form.
package struct TreeEntry: Hashable, Sendable {
    /// The mode's number; `0o40000` is a folder.
    package var mode: UInt32
    /// The raw name.
    package var name: [UInt8]
    /// The entry's object.
    package var id: ObjectID

    /// Whether the entry is a folder.
    package var isTree: Bool { mode == 0o40000 }

    /// Makes an entry.
    package init(mode: UInt32, name: [UInt8], id: ObjectID) {
        self.mode = mode
        self.name = name
        self.id = id
    }

    /// Parses a tree object's bytes; `tree` is for the error.
    package static func parse(_ bytes: UnsafeRawBufferPointer, tree: ObjectID) throws(AmxError) -> [TreeEntry] {
        var entries: [TreeEntry] = []
        var position = 0
        while position < bytes.count {
            var mode: UInt32 = 0
            var digits = 0
            while position < bytes.count, bytes[position] != 0x20 {
                let digit = bytes[position] &- 0x30
                guard digit < 8, digits < 7 else { throw damaged(tree) }
                mode = mode << 3 | UInt32(digit)
                digits += 1
                position += 1
            }
            guard digits > 0, position < bytes.count else { throw damaged(tree) }
            position += 1
            let start = position
            while position < bytes.count, bytes[position] != 0 { position += 1 }
            guard position > start, bytes.count - position > ObjectID.byteCount,
                let id = ObjectID(bytes: bytes[(position + 1)..<(position + 1 + ObjectID.byteCount)])
            else { throw damaged(tree) }
            entries.append(TreeEntry(mode: mode, name: Array(bytes[start..<position]), id: id))
            position += 1 + ObjectID.byteCount
        }
        return entries
    }

    private static func damaged(_ tree: ObjectID) -> AmxError {
        AmxError(.verification, "tree \(tree) is damaged: an entry is malformed", hint: AmxError.damagedStore)
    }

    /// Encodes entries that are in git's order already.
    package static func encode(_ entries: some Sequence<TreeEntry>) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes.append(contentsOf: String(entry.mode, radix: 8).utf8)
            bytes.append(0x20)
            bytes.append(contentsOf: entry.name)
            bytes.append(0)
            bytes.append(contentsOf: entry.id.bytes)
        }
        return bytes
    }
}
