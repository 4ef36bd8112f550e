extension IPAddress {
    /// What an address is for, as the registries of IANA have it (RFC 6890).
    package enum Reach: String, Hashable, Sendable, CaseIterable {
        /// Anybody's, on the internet.
        case `public`
        /// This machine.
        case loopback
        /// No address, or this network (`0.0.0.0/8`, `::`).
        case unspecified
        /// Of a private network: RFC 1918, unique local, site local.
        case `private`
        /// Of a provider's own network (`100.64.0.0/10`).
        case sharedByProvider = "shared by a provider"
        /// Of the link alone; clouds answer there with credentials (`169.254.169.254`).
        case linkLocal = "link-local"
        /// Many receivers.
        case multicast
        /// All receivers.
        case broadcast
        /// For examples in documents.
        case documentation
        /// Kept for protocols, measurements, or times to come.
        case reserved
    }

    /// Whether it is an address that anybody's server can have.
    ///
    /// What is to be asked before something is connected to on a capsule's behalf, of the address that a name was
    /// resolved to and that is then connected to, not of another answer (row S-072).
    package var isPublic: Bool { reach == .public }

    /// What it is for. One that carries another of version 4 (mapped, NAT64, 6to4) is for what that one is for, if that
    /// isn't public.
    package var reach: Reach {
        switch self {
        case .v4(let number): Self.reach4(number)
        case .v6(let high, let low): Self.reach6(high, low)
        }
    }

    /// The blocks of version 4 that are not public, of each its first address and the bits that all of it share.
    private static let blocks4: [(first: UInt32, bits: UInt32, reach: Reach)] = [
        (0x0000_0000, 8, .unspecified),  // 0.0.0.0/8
        (0x0A00_0000, 8, .private),  // 10.0.0.0/8
        (0x6440_0000, 10, .sharedByProvider),  // 100.64.0.0/10
        (0x7F00_0000, 8, .loopback),  // 127.0.0.0/8
        (0xA9FE_0000, 16, .linkLocal),  // 169.254.0.0/16
        (0xAC10_0000, 12, .private),  // 172.16.0.0/12
        (0xC000_0000, 24, .reserved),  // 192.0.0.0/24, protocols
        (0xC000_0200, 24, .documentation),  // 192.0.2.0/24
        (0xC058_6300, 24, .reserved),  // 192.88.99.0/24, relays of 6to4
        (0xC0A8_0000, 16, .private),  // 192.168.0.0/16
        (0xC612_0000, 15, .reserved),  // 198.18.0.0/15, measurements
        (0xC633_6400, 24, .documentation),  // 198.51.100.0/24
        (0xCB00_7100, 24, .documentation),  // 203.0.113.0/24
        (0xE000_0000, 4, .multicast),  // 224.0.0.0/4
        (0xFFFF_FFFF, 32, .broadcast),
        (0xF000_0000, 4, .reserved),  // 240.0.0.0/4
    ]

    private static func reach4(_ number: UInt32) -> Reach {
        blocks4.first { number >> (32 - $0.bits) == $0.first >> (32 - $0.bits) }?.reach ?? .public
    }

    /// The blocks of version 6 that are not public, of each the first 64 bits of its first address.
    private static let blocks6: [(first: UInt64, bits: UInt64, reach: Reach)] = [
        (0x0064_FF9B_0001_0000, 48, .private),  // 64:ff9b:1::/48, NAT64 of a network's own
        (0x0100_0000_0000_0000, 64, .reserved),  // 100::/64, thrown away
        (0x2001_0DB8_0000_0000, 32, .documentation),  // 2001:db8::/32
        (0x2001_0000_0000_0000, 23, .reserved),  // 2001::/23, protocols; Teredo among them
        (0x3FFF_0000_0000_0000, 20, .documentation),  // 3fff::/20
        (0xFC00_0000_0000_0000, 7, .private),  // fc00::/7
        (0xFE80_0000_0000_0000, 10, .linkLocal),  // fe80::/10
        (0xFEC0_0000_0000_0000, 10, .private),  // fec0::/10, of old
        (0xFF00_0000_0000_0000, 8, .multicast),  // ff00::/8
    ]

    private static func reach6(_ high: UInt64, _ low: UInt64) -> Reach {
        let last = UInt32(truncatingIfNeeded: low)
        if high == 0 {
            switch low {
            case 0: return .unspecified
            case 1: return .loopback
            // ::ffff:0:0/96 is an address of version 4.
            case 0xFFFF_0000_0000...0xFFFF_FFFF_FFFF: return reach4(last)
            // ::/96, which nobody has any more; and what else begins with so many zeros.
            default:
                let inner = low >> 32 == 0 ? reach4(last) : .public
                return inner == .public ? .reserved : inner
            }
        }
        // 64:ff9b::/96
        if high == 0x0064_FF9B_0000_0000 { return low >> 32 == 0 ? reach4(last) : .reserved }
        // 2002::/16
        if high >> 48 == 0x2002 { return reach4(UInt32(truncatingIfNeeded: high >> 16)) }
        if let block = blocks6.first(where: { high >> (64 - $0.bits) == $0.first >> (64 - $0.bits) }) {
            return block.reach
        }
        // All that is public lies in 2000::/3.
        return high >> 61 == 1 ? .public : .reserved
    }
}
