/// The payload of a packet while it is parsed.
typealias ByteSlice = ArraySlice<UInt8>

extension ArraySlice<UInt8> {
    /// What follows a prefix; nil when the bytes don't start with it.
    func removing(prefix: String) -> ByteSlice? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }

    /// Whether the bytes are this text.
    func isText(_ text: String) -> Bool { elementsEqual(text.utf8) }

    /// The parts before and after the first blank; nil without one.
    func splitAtBlank() -> (head: ByteSlice, tail: ByteSlice)? {
        guard let blank = firstIndex(of: UInt8(ascii: " ")) else { return nil }
        return (self[..<blank], self[index(after: blank)...])
    }

    /// The decimal number of at most twelve digits that the bytes spell, without sign; nil for anything else.
    var decimal: Int? {
        guard !isEmpty, count <= 12 else { return nil }
        var value = 0
        for digit in self {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = digit else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// The bytes as text when they are valid UTF-8 without control characters, NUL included.
    var plainText: String? {
        guard allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: self, as: UTF8.self)
    }
}

extension Array<UInt8> {
    /// Appends bytes, at once where they lie side by side in memory.
    mutating func append(contiguous bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ append(contentsOf: $0) }) == nil { append(contentsOf: bytes) }
    }
}
