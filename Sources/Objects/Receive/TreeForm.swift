/// The form of a tree object: git's own rules as `git fsck --strict` has them, and Amx's tree rules for every name.
enum TreeForm {
    private static let modes: [(text: StaticString, isTree: Bool)] = [
        ("100644 ", false), ("40000 ", true), ("100755 ", false),
    ]

    /// Throws at the first thing that is no tree of git's; returns the first rule of Amx's that is broken.
    ///
    /// `visit` sees the name and id of every file before that.
    static func check(
        _ bytes: UnsafeRawBufferPointer, id: ObjectID, visit: (UnsafeRawBufferPointer, ObjectID) -> Void
    ) throws(AmxError) -> TreeViolation? {
        var names: [UnsafeRawBufferPointer] = []
        var position = 0
        var previous: (name: UnsafeRawBufferPointer, isTree: Bool)?
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            guard let mode = modes.first(where: { rest.starts(with: $0.text.bytes) }) else {
                return TreeViolation(
                    tree: id, name: name(of: rest), reason: "its mode is \(shownMode(rest))",
                    hint: "only files (100644), executable files (100755) and folders (40000) can be content")
            }
            let start = mode.text.utf8CodeUnitCount
            guard let end = rest[start...].firstIndex(of: 0), rest.count - end > ObjectID.byteCount,
                let target = ObjectID(bytes: rest[(end + 1)...])
            else { throw PackRefusal.object(id, .tree, "it is cut off") }
            let name = UnsafeRawBufferPointer(rebasing: rest[start..<end])
            do throws(AmxError) {
                try TreeRules.checkComponent(name)
            } catch {
                return TreeViolation(tree: id, name: Array(name), reason: error.message, hint: error.hint)
            }
            guard !target.isZero else { throw PackRefusal.object(id, .tree, "an entry has no object") }
            if let previous, !precedes(previous, (name, mode.isTree)) {
                throw PackRefusal.object(id, .tree, "its entries are not sorted, or one stands twice")
            }
            previous = (name, mode.isTree)
            names.append(name)
            if !mode.isTree { visit(name, target) }
            position += end + 1 + ObjectID.byteCount
        }
        do throws(AmxError) {
            try TreeRules.checkSiblings(names)
        } catch {
            return TreeViolation(tree: id, name: nil, reason: error.message, hint: error.hint)
        }
        return nil
    }

    /// The name behind a mode that is not allowed.
    private static func name(of entry: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let blank = entry.prefix(8).firstIndex(of: 0x20) else { return nil }
        let rest = entry[(blank + 1)...]
        return rest.firstIndex(of: 0).map { Array(rest[..<$0]) }
    }

    /// Git's order: bytewise, with a slash after the name of a folder. Equal names are out of order.
    private static func precedes(
        _ left: (name: UnsafeRawBufferPointer, isTree: Bool), _ right: (name: UnsafeRawBufferPointer, isTree: Bool)
    ) -> Bool {
        for index in 0..<min(left.name.count, right.name.count) where left.name[index] != right.name[index] {
            return left.name[index] < right.name[index]
        }
        guard left.name.count != right.name.count else { return false }
        if left.name.count < right.name.count {
            return (left.isTree ? UInt8(ascii: "/") : 0) < right.name[left.name.count]
        }
        return left.name[right.name.count] < (right.isTree ? UInt8(ascii: "/") : 0)
    }

    private static func shownMode(_ bytes: UnsafeRawBufferPointer) -> String {
        let mode = bytes.prefix(8).prefix { $0 > 0x20 && $0 < 0x7F }
        return mode.isEmpty ? "missing" : "'\(String(decoding: mode, as: UTF8.self))'"
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
