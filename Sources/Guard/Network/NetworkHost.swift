import Capsules

/// A host as a request names it, in the one form in which hosts are compared.
package enum NetworkHost: Hashable, Sendable {
    /// In lower case, without the dot at its end.
    case name(String)
    case address(IPAddress)

    /// Why a text names no host, or not plainly enough.
    package enum Fault: Error, Hashable, Sendable {
        case empty
        /// It is not ASCII, or encoded with `%`: which name is meant depends on who reads it.
        case notASCII
        /// It is an address of version 4 that only some read as one: shortened, octal, hexadecimal, one number
        /// (`127.1`, `0x7f000001`).
        case oddAddress(IPAddress?)
        case invalid
    }

    /// Reads a name, an address of version 4, or one of version 6 in brackets; letters in either case, a dot at the end
    /// or none.
    package init(_ text: String) throws(Fault) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "%") }) else { throw .notASCII }
        if text.utf8.first == UInt8(ascii: "[") {
            guard text.utf8.last == UInt8(ascii: "]"), let address = IPAddress(String(text.dropFirst().dropLast())),
                case .v6 = address
            else { throw .invalid }
            self = .address(address)
            return
        }
        let name = Self.lowered(text)
        if let address = IPAddress(name), case .v4 = address {
            self = .address(address)
        } else if Self.endsInNumber(name) {
            throw .oddAddress(Self.oddAddress(name))
        } else {
            guard let name = HostPattern.normalized(text) else { throw .invalid }
            self = .name(name)
        }
    }

    /// Whether an entry of `capabilities.net` stands for this host (rows S-071, S-072): `*` for all, a name for itself
    /// and its subdomains, an address for itself.
    func matches(entry: String) -> Bool {
        if entry == "*" { return true }
        guard let entry = try? NetworkHost(entry) else { return false }
        if entry == self { return true }
        guard case .name(let parent) = entry, case .name(let name) = self else { return false }
        return Array(name.utf8).suffix(parent.utf8.count + 1).elementsEqual([UInt8(ascii: ".")] + Array(parent.utf8))
    }

    // MARK: Numbers

    private static func lowered(_ text: String) -> String {
        var bytes = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if bytes.count > 1, bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether those who read addresses, such as browsers and `inet_aton`, take a host for one: its last label is a
    /// number.
    private static func endsInNumber(_ name: String) -> Bool {
        guard let last = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last else {
            return false
        }
        let text = String(decoding: Array(last), as: UTF8.self)
        return !text.isEmpty && (text.utf8.allSatisfy { (0x30...0x39).contains($0) } || number(text[...]) != nil)
    }

    /// What those read who do: one to four numbers, the last of which fills what is left (the URL standard, "IPv4
    /// parser").
    private static func oddAddress(_ name: String) -> IPAddress? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(number)
        guard (1...4).contains(parts.count), numbers.count == parts.count, let last = numbers.last,
            numbers.dropLast().allSatisfy({ $0 <= 0xFF }), last < UInt64(1) << UInt64(8 * (5 - parts.count))
        else { return nil }
        let front = numbers.dropLast().enumerated().reduce(UInt64(0)) { $0 | $1.element << UInt64(24 - 8 * $1.offset) }
        return .v4(UInt32(truncatingIfNeeded: front | last))
    }

    /// A number as C writes it: decimal, octal behind `0`, hexadecimal behind `0x`, of which nothing more is 0.
    private static func number(_ text: Substring) -> UInt64? {
        // A sign is none of it.
        guard let first = text.utf8.first, (0x30...0x39).contains(first) else { return nil }
        if text.hasPrefix("0x") {
            let digits = text.dropFirst(2)
            if digits.isEmpty { return 0 }
            return digits.utf8.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == true
                ? nil : UInt64(digits, radix: 16)
        }
        return text.count > 1 && first == 0x30 ? UInt64(text, radix: 8) : UInt64(text)
    }
}

extension NetworkHost: CustomStringConvertible {
    /// The host as an address has it: of version 6 in brackets.
    package var description: String {
        switch self {
        case .name(let name): name
        case .address(.v4(let number)): "\(IPAddress.v4(number))"
        case .address(let address): "[\(address)]"
        }
    }
}
