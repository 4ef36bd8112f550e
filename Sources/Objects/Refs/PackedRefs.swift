/// The text form of git's `packed-refs` file.
///
/// A header line, then `<id> <name>` lines in bytewise order, each annotated tag followed by `^<peeled id>`. The final
/// newline is required: git ignores a last line without it.
enum PackedRefs {
    static let header = "# pack-refs with: peeled fully-peeled sorted \n"

    /// Parses a file's bytes; sorts when another tool didn't.
    static func parse(_ bytes: [UInt8], path: String) throws(AmxError) -> [Ref] {
        var refs: [Ref] = []
        var isSorted = true
        var position = 0
        var number = 0
        while position < bytes.count {
            number += 1
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            var line = bytes[position..<end]
            position = end + 1
            if line.last == 0x0D { line.removeLast() }
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            if line.first == UInt8(ascii: "^") {
                guard let peeled = ObjectID(hex: line.dropFirst()), let last = refs.indices.last else {
                    throw damaged(path, number)
                }
                refs[last].peeled = peeled
                continue
            }
            guard line.count > ObjectID.hexCount + 1, line[line.startIndex + ObjectID.hexCount] == 0x20,
                let id = ObjectID(hex: line.prefix(ObjectID.hexCount))
            else { throw damaged(path, number) }
            // A name that git itself wouldn't accept cannot be asked for and is left behind.
            guard let name = RefName(bytes: Array(line.dropFirst(ObjectID.hexCount + 1))) else { continue }
            if let last = refs.last, !(last.name < name) { isSorted = false }
            refs.append(Ref(name: name, id: id))
        }
        if !isSorted { refs.sort { $0.name < $1.name } }
        return refs
    }

    /// The file's bytes for sorted references.
    static func encode(_ refs: [Ref]) -> [UInt8] {
        var bytes = Array(header.utf8)
        bytes.reserveCapacity(bytes.count + refs.count * 80)
        for ref in refs {
            bytes.append(contentsOf: ref.id.hexBytes)
            bytes.append(0x20)
            bytes.append(contentsOf: ref.name.bytes)
            bytes.append(0x0A)
            guard let peeled = ref.peeled else { continue }
            bytes.append(UInt8(ascii: "^"))
            bytes.append(contentsOf: peeled.hexBytes)
            bytes.append(0x0A)
        }
        return bytes
    }

    private static func damaged(_ path: String, _ line: Int) -> AmxError {
        AmxError(
            .verification, "\(path) is damaged at line \(line)", hint: "`git fsck` and `git pack-refs` can tell more")
    }
}
