/// The form of an author, committer or tagger: `name <address> seconds +hhmm`.
enum IdentityForm {
    /// Throws at the first thing that git's fsck calls an error.
    static func check(_ value: UnsafeRawBufferPointer.SubSequence, of lines: HeaderCursor) throws(AmxError) {
        guard let open = value.firstIndex(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }) else {
            throw lines.refuse("an identity has no address")
        }
        guard value[open] == UInt8(ascii: "<") else { throw lines.refuse("an identity's name has a '>'") }
        guard open > value.startIndex, value[open - 1] == 0x20 else {
            throw lines.refuse("an identity has no space before its address")
        }
        let address = value[(open + 1)...]
        guard let close = address.firstIndex(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }),
            address[close] == UInt8(ascii: ">")
        else { throw lines.refuse("an identity's address is malformed") }
        var rest = value[(close + 1)...]
        guard rest.popFirst() == 0x20 else { throw lines.refuse("an identity has no space before its date") }
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        let digits = rest.prefix { isDigit($0) }
        rest = rest[digits.endIndex...]
        guard let first = digits.first else { throw lines.refuse("an identity's date is malformed") }
        guard first != UInt8(ascii: "0") || digits.count == 1 else {
            throw lines.refuse("an identity's date is zero-padded")
        }
        guard Int64(String(decoding: digits, as: UTF8.self)) != nil else {
            throw lines.refuse("an identity's date is out of range")
        }
        guard rest.popFirst() == 0x20 else { throw lines.refuse("an identity's date is malformed") }
        guard rest.count == 5, let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            rest.allSatisfy({ isDigit($0) })
        else { throw lines.refuse("an identity's time zone is malformed") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
