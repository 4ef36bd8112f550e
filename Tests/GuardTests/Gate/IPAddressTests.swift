import Guard
import Testing

@Suite("Network: addresses")
struct IPAddressTests {
    @Test(
        "are read in their own forms, and compared by value",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "0:0:0:0:0:0:0:0"), ("::1", "0:0:0:0:0:0:0:1"), ("1::", "1:0:0:0:0:0:0:0"),
            ("2001:db8::1", "2001:db8:0:0:0:0:0:1"), ("2001:DB8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:1"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::ffff:1.2.3.4", "0:0:0:0:0:ffff:102:304"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("0001::0002", "1:0:0:0:0:0:0:2"),
        ])
    func forms(text: String, plain: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == plain)
        #expect(IPAddress(plain) == address)
    }

    @Test(
        "are not read in any other",
        arguments: [
            "", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4.", " 1.2.3.4", "+1.2.3.4",
            "1.2.3.-4", "0x7f.0.0.1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1::2", "1::2:", "12345::",
            "g::", "::1%eth0", "[::1]", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1.2.3.4::", "::1.2.3", "::+1",
            "::1.2.3.4:5",
            "1:2:3:4:5:6:7:1.2.3.4", "١.٢.٣.٤",
        ])
    func others(text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "tell who can be reached there",
        arguments: [
            ("8.8.8.8", .public), ("1.1.1.1", .public), ("192.0.1.1", .public), ("172.15.255.255", .public),
            ("172.32.0.0", .public), ("100.63.255.255", .public), ("100.128.0.0", .public), ("11.0.0.0", .public),
            ("223.255.255.255", .public), ("198.17.255.255", .public), ("198.20.0.0", .public),
            ("126.255.255.255", .public),
            ("128.0.0.0", .public), ("169.253.255.255", .public), ("169.255.0.0", .public),
            ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("127.0.0.1", .loopback),
            ("127.255.255.255", .loopback),
            ("10.0.0.0", .private), ("10.255.255.255", .private), ("172.16.0.0", .private),
            ("172.31.255.255", .private),
            ("192.168.0.0", .private), ("192.168.255.255", .private), ("100.64.0.0", .sharedByProvider),
            ("100.127.255.255", .sharedByProvider), ("169.254.169.254", .linkLocal), ("192.0.0.8", .reserved),
            ("192.0.2.1", .documentation), ("198.51.100.7", .documentation), ("203.0.113.7", .documentation),
            ("192.88.99.1", .reserved), ("198.18.0.0", .reserved), ("198.19.255.255", .reserved),
            ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("240.0.0.1", .reserved),
            ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast),
            ("2606:4700:4700::1111", .public), ("2a00::1", .public), ("3ffe::1", .public), ("2001:200::1", .public),
            ("::", .unspecified), ("::1", .loopback), ("::2", .unspecified), ("::127.0.0.1", .loopback),
            ("::8.8.8.8", .reserved), ("::10.1.2.3", .private), ("::ffff:8.8.8.8", .public),
            ("::ffff:127.0.0.1", .loopback), ("::ffff:169.254.169.254", .linkLocal), ("::ffff:10.0.0.1", .private),
            ("::ffff:0:8.8.8.8", .reserved), ("::1:0:0:0", .reserved), ("64:ff9b::8.8.8.8", .public),
            ("64:ff9b::127.0.0.1", .loopback), ("64:ff9b::a9fe:a9fe", .linkLocal), ("64:ff9b::1:0:0", .reserved),
            ("64:ff9b:1::8.8.8.8", .private), ("2002:808:808::1", .public), ("2002:7f00:1::", .loopback),
            ("2002:a00:1::5", .private), ("2001::1", .reserved), ("2001:1ff:ffff::1", .reserved),
            ("2001:db8::1", .documentation), ("3fff::1", .documentation), ("3fff:fff::1", .documentation),
            ("3fff:1000::1", .public), ("100::1", .reserved), ("fc00::1", .private), ("fdff::1", .private),
            ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .private), ("ff02::1", .multicast),
            ("4000::1", .reserved), ("1000::1", .reserved), ("5f00::1", .reserved),
        ] as [(String, IPAddress.Reach)])
    func reach(text: String, reach: IPAddress.Reach) throws {
        let address = try #require(IPAddress(text))
        #expect(address.reach == reach)
        #expect(address.isPublic == (reach == .public))
    }

    @Test("of version 4 that stand in ones of version 6 are for what they are for by themselves", arguments: [1, 2, 3])
    func embedded(seed: UInt64) throws {
        var state = seed
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = UInt32(truncatingIfNeeded: state >> 32)
            let (plain, low) = (IPAddress.v4(number), UInt64(number))
            #expect(IPAddress.v6(high: 0, low: 0xFFFF_0000_0000 | low).reach == plain.reach)
            #expect(IPAddress.v6(high: 0x0064_FF9B_0000_0000, low: low).reach == plain.reach)
            #expect(IPAddress.v6(high: 0x2002_0000_0000_0000 | low << 16, low: state).reach == plain.reach)
            #expect(!IPAddress.v6(high: 0, low: low).isPublic)
            #expect(IPAddress(plain.description) == plain)
        }
    }
}
