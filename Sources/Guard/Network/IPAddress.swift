/// An address of the Internet Protocol, compared by its value and not by how it was written.
package enum IPAddress: Hashable, Sendable {
    /// Version 4, its first byte the highest.
    case v4(UInt32)
    /// Version 6: 16 bytes.
    case v6(high: UInt64, low: UInt64)

    /// Reads four decimal numbers without zeros in front, or the groups of version 6 without brackets and zone; nil for
    /// all else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if let number = Self.dotted(bytes[...]) {
            self = .v4(number)
            return
        }
        guard let groups = Self.groups(bytes) else { return nil }
        let halves = [groups[..<4], groups[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        self = .v6(high: halves[0], low: halves[1])
    }

    /// Four decimal numbers from 0 to 255.
    private static func dotted(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            let text = String(decoding: part, as: UTF8.self)
            guard let number = UInt8(text), String(number) == text else { return nil }
            result = result << 8 | UInt32(number)
        }
        return result
    }

    /// Eight groups of 16 bits (RFC 4291, 2.2): `::` stands once for one or more that are 0, and the last two may be
    /// dotted.
    private static func groups(_ bytes: [UInt8]) -> [UInt16]? {
        // The longest form has 45 bytes.
        guard (2...45).contains(bytes.count) else { return nil }
        var parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        // At an end of the address, `::` makes two parts that are empty.
        if parts[0].isEmpty {
            guard parts[1].isEmpty else { return nil }
            parts.removeFirst()
        }
        if parts[parts.count - 1].isEmpty {
            guard parts[parts.count - 2].isEmpty else { return nil }
            if parts.count > 1 { parts.removeLast() }
        }
        var groups: [UInt16] = []
        var gap: Int?
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                guard gap == nil else { return nil }
                gap = groups.count
            } else if index == parts.count - 1, let number = dotted(part) {
                groups += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
            } else {
                guard part.count <= 4, part.allSatisfy(isHexDigit),
                    let number = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
                else { return nil }
                groups.append(number)
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        guard groups.count <= 7 else { return nil }
        groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        return groups
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Four decimal numbers; or eight groups without leading zeros, none left out.
    package var description: String {
        switch self {
        case .v4(let number): (0..<4).map { "\(number >> (24 - 8 * $0) & 0xFF)" }.joined(separator: ".")
        case .v6(let high, let low):
            (0..<8).map { index in
                String((index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)) & 0xFFFF, radix: 16)
            }.joined(separator: ":")
        }
    }
}
