/// The content of git's `packed-refs` file.
///
/// A header line with a checksum (``PackedRefsSeal``), then `<id> <name>` lines in bytewise order, each annotated tag followed by `^<peeled id>`. What git
/// itself refuses to read is refused here as well: a last line without its newline may be a torn name, for example.
struct PackedRefs {
    /// The references, in bytewise order of the names.
    var refs: [Ref] = []
    /// Whether a reference without a peeled object is known not to be an annotated tag.
    private(set) var isFullyPeeled = true
    /// Lines that git passes over or that are not text, to be written back as they were, in order of the names.
    private var foreign: [(name: ArraySlice<UInt8>, line: ArraySlice<UInt8>)] = []

    /// The file that this was parsed from, whose checksum is looked at when it is replaced.
    private var source: [UInt8] = []

    /// The content of a missing file.
    init() {}

    /// Parses a file's bytes; sorts when another tool didn't.
    init(parsing bytes: [UInt8], path: String) throws(AmxError) {
        guard bytes.last ?? 0x0A == 0x0A else { throw Self.damaged(path, "the last line has no end") }
        source = bytes
        isFullyPeeled = bytes.isEmpty
        var isSorted = true
        var canPeel = false
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            number += 1
            if line.first == UInt8(ascii: "#"), number == 1 {
                let traits = line.split(separator: 0x20)
                isFullyPeeled = traits.contains { $0.elementsEqual("fully-peeled".utf8) }
                continue
            }
            if line.first == UInt8(ascii: "^"), canPeel, let peeled = Self.id(line.dropFirst()) {
                if let last = refs.indices.last { refs[last].peeled = peeled }
                canPeel = false
                continue
            }
            guard line.count > ObjectID.hexCount + 1, line[line.startIndex + ObjectID.hexCount] == 0x20,
                let id = Self.id(line.prefix(ObjectID.hexCount))
            else { throw Self.damaged(path, "line \(number) is malformed") }
            let raw = line.dropFirst(ObjectID.hexCount + 1)
            guard let name = RefName(bytes: Array(raw)) else {
                guard !Self.isDangerous(raw) else { throw Self.damaged(path, "line \(number) names no reference") }
                foreign.append((raw, line))
                canPeel = false
                continue
            }
            if let last = refs.last, !(last.name < name) { isSorted = false }
            refs.append(Ref(name: name, id: id))
            canPeel = true
        }
        if !isSorted { refs.sort { $0.name < $1.name } }
        for (left, right) in zip(refs, refs.dropFirst()) where left.name == right.name {
            throw Self.damaged(path, "\(left.name.string) stands there twice")
        }
        foreign.sort { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// The file's bytes; every reference is taken to be peeled.
    var encoded: [UInt8] {
        let isDoubtful =
            switch PackedRefsSeal.state(of: source) {
            case .none, .intact: false
            case .broken, .doubtful: true
            }
        var bytes = PackedRefsSeal.header(isDoubtful: isDoubtful)
        bytes.reserveCapacity(bytes.count + refs.count * 80)
        var others = foreign[...]
        for ref in refs {
            while let other = others.first, other.name.lexicographicallyPrecedes(ref.name.bytes) {
                bytes.append(contentsOf: other.line)
                bytes.append(0x0A)
                others.removeFirst()
            }
            bytes.append(contentsOf: ref.id.hexBytes)
            bytes.append(0x20)
            bytes.append(contentsOf: ref.name.bytes)
            bytes.append(0x0A)
            guard let peeled = ref.peeled else { continue }
            bytes.append(UInt8(ascii: "^"))
            bytes.append(contentsOf: peeled.hexBytes)
            bytes.append(0x0A)
        }
        for other in others {
            bytes.append(contentsOf: other.line)
            bytes.append(0x0A)
        }
        PackedRefsSeal.close(&bytes)
        return bytes
    }

    /// Reads an id whose digits may be capital letters.
    static func id(_ digits: ArraySlice<UInt8>) -> ObjectID? {
        ObjectID(hex: digits) ?? ObjectID(hex: digits.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 })
    }

    /// Whether a name would lead out of the repository's `refs`; git stops at such a one.
    private static func isDangerous(_ name: ArraySlice<UInt8>) -> Bool {
        name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).contains { component in
            component.isEmpty || component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8)
        }
    }

    private static func damaged(_ path: String, _ why: String) -> AmxError {
        AmxError(
            .verification, "cannot read the references: \(path) is damaged: \(why)",
            hint: "put the file back from a copy, or correct the line")
    }
}
