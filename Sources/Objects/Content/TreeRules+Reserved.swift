/// Names that git, Amx or Windows keep for themselves, in every spelling under which a file system finds them.
///
/// A case-insensitive file system finds `.git` under any case; NTFS finds it also under the 8.3 short name that it makes:
/// the first six characters without the dot, `~` and a number, and from the fifth collision on two characters, four
/// digits of a hash of the long name, `~` and a number. Streams, trailing dots and spaces, and HFS+'s ignorable characters are
/// refused in every name, so they need no care here.
extension TreeRules {
    private struct Reserved {
        /// The name in lower case.
        let name: StaticString
        /// The name as NTFS shortens it, up to the tilde.
        let short: StaticString
        /// The same with NTFS's hash of the long name.
        let hashed: StaticString
        let rule: TreeRule
    }

    private static let reserved: [Reserved] = [
        Reserved(name: ".git", short: "git", hashed: "gi2837", rule: .gitName),
        Reserved(name: ".gitmodules", short: "gitmod", hashed: "gi7eba", rule: .gitName),
        Reserved(name: ".aimatrix", short: "aimatr", hashed: "ai3413", rule: .amxName),
        Reserved(name: ".amx", short: "amx", hashed: "am146d", rule: .amxName),
    ]

    /// The rule that a reserved name breaks, or nil.
    static func reservedViolation(_ name: UnsafeBufferPointer<UInt8>) -> TreeRule? {
        let folded = foldedKey(name)
        return folded.withUnsafeBufferPointer { folded in
            reserved.first { entry in
                folded.elementsEqual(bytes(of: entry.name))
                    || isShort(folded, of: bytes(of: entry.short))
                    || isHashed(folded, of: bytes(of: entry.hashed))
            }?.rule
        }
    }

    private static func bytes(of text: StaticString) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Whether a folded name is a short name with one of the four numbers that NTFS gives before it hashes.
    private static func isShort(_ name: UnsafeBufferPointer<UInt8>, of prefix: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count == prefix.count + 2
            && name.starts(with: prefix)
            && name[prefix.count] == UInt8(ascii: "~")
            && (UInt8(ascii: "1")...UInt8(ascii: "4")).contains(name[prefix.count + 1])
    }

    /// Whether a folded name is a hashed short name: eight characters, the number pushing digits of the hash out.
    private static func isHashed(_ name: UnsafeBufferPointer<UInt8>, of prefix: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count == 8, let tilde = name.firstIndex(of: UInt8(ascii: "~")), tilde <= prefix.count else {
            return false
        }
        let number = name[(tilde + 1)...]
        return name[..<tilde].elementsEqual(prefix[..<tilde])
            && number.first != UInt8(ascii: "0")
            && number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether Windows takes a name for a device: `CON`, `PRN`, `AUX`, `NUL`, `COM0` to `COM9`, `LPT0` to `LPT9` (also with
    /// superscript 1, 2, 3), `CONIN$` and `CONOUT$`, in any case, with spaces after it and with any extension.
    package static func isDeviceName(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, let second = name.dropFirst().first else { return false }
        return mayBeDeviceName(first, second) && isWholeDeviceName(name)
    }

    /// Whether a device's name may start with two bytes.
    package static func mayBeDeviceName(_ first: UInt8, _ second: UInt8) -> Bool {
        switch (lowercase(first), lowercase(second)) {
        case (UInt8(ascii: "c"), UInt8(ascii: "o")), (UInt8(ascii: "p"), UInt8(ascii: "r")),
            (UInt8(ascii: "a"), UInt8(ascii: "u")), (UInt8(ascii: "n"), UInt8(ascii: "u")),
            (UInt8(ascii: "l"), UInt8(ascii: "p")):
            true
        default: false
        }
    }

    /// The same as ``isDeviceName(_:)``, for names that start with two such bytes.
    package static func isWholeDeviceName(_ name: some Collection<UInt8>) -> Bool {
        // The longest is `conout$`; a space or the extension's dot ends it.
        var stem: [UInt8] = []
        var rest = name[...]
        while let byte = rest.first, byte != UInt8(ascii: "."), byte != UInt8(ascii: " ") {
            guard stem.count < 7 else { return false }
            stem.append(lowercase(byte))
            rest = rest.dropFirst()
        }
        guard (3...7).contains(stem.count) else { return false }
        let afterSpaces = rest.first { $0 != UInt8(ascii: " ") }
        guard afterSpaces == nil || afterSpaces == UInt8(ascii: ".") else { return false }
        switch String(decoding: stem.prefix(3), as: UTF8.self) {
        case "con": return [[], Array("in$".utf8), Array("out$".utf8)].contains(Array(stem[3...]))
        case "prn", "aux", "nul": return stem.count == 3
        case "com", "lpt":
            let port = stem[3...]
            guard let digit = port.last else { return false }
            if port.count == 1 { return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) }
            return port.count == 2 && port.first == 0xc2 && [0xb9, 0xb2, 0xb3].contains(digit)
        default: return false
        }
    }

    static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
