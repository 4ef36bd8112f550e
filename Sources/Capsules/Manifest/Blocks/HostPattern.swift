/// The form of hosts in capabilities: names, IPv4 addresses, and IPv6 addresses in brackets.
package enum HostPattern {
    /// A host in lower case and without the dot at its end, or nil where it is none.
    ///
    /// A name whose last label is a number must be a whole IPv4 address: a part of one would match the ends of others (row S-072).
    package static func normalized(_ text: String) -> String? {
        // Only ASCII letters have another case here; others make no host.
        var host = Array(text.utf8).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if host.first == UInt8(ascii: "[") { return isAddress6(host) ? String(decoding: host, as: UTF8.self) : nil }
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        guard host.count <= 253 else { return nil }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel), let last = labels.last else { return nil }
        if isNumber(last) {
            guard labels.count == 4, labels.allSatisfy(isOctet) else { return nil }
        }
        return String(decoding: host, as: UTF8.self)
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
            return false
        }
        return label.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// Whether resolvers take a label for a number: decimal, or hexadecimal after `0x`.
    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy(isDigit) { return true }
        return label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy(isHexDigit)
    }

    private static func isOctet(_ label: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: label, as: UTF8.self)
        guard label.allSatisfy(isDigit), let number = UInt8(text) else { return false }
        return String(number) == text
    }

    private static func isAddress6(_ host: [UInt8]) -> Bool {
        guard host.last == UInt8(ascii: "]"), (4...41).contains(host.count) else { return false }
        let inner = host.dropFirst().dropLast()
        guard inner.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") }) else { return false }
        let groups = inner.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        // Two colons make one empty group, two at an end of the address a second one there.
        let empty = groups.filter(\.isEmpty).count
        let isShort = empty > 0
        let doubles = String(decoding: inner, as: UTF8.self).split(separator: "::", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ $0.count <= 4 }), doubles.count == (isShort ? 2 : 1) else { return false }
        let atEnds = (doubles.first?.isEmpty == true ? 1 : 0) + (doubles.last?.isEmpty == true ? 1 : 0)
        return isShort ? empty == 1 + atEnds && groups.count - empty <= 7 : groups.count == 8
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
