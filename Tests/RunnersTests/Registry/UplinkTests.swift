import Capsules
import Objects
import Runners
import Testing

/// Rows S-031, S-032 and S-037 to S-040: uplinks, by what manifests declare and by hand.
@Suite struct UplinkTests {
    private let registry = CapsuleRegistry()

    private func uplink(
        _ id: String, of source: String, platform: String = "p", _ capabilities: UplinkCapabilities = .receive
    ) throws -> UplinkDescriptor {
        try UplinkDescriptor(
            id: UplinkID(id), name: "n", platform: platform, source: CapsuleID(source), capabilities: capabilities)
    }

    @Test func eachDeclaredUplinkReceivesForItsCapsule() throws {
        let manifest = try StubCapsule.manifest(
            "bot",
            uplinks: [
                ["name": "chat", "platform": "telegram", "profile": "chat"],
                ["name": "news", "platform": "matrix", "profile": "another", "more": 1],
                ["name": "bare", "platform": "irc"],
            ])
        try registry.register(StubCapsule(manifest))
        let source = try CapsuleID("bot")
        #expect(
            registry.uplinks == [
                UplinkDescriptor(id: UplinkID("bot/bare"), name: "bare", platform: "irc", source: source),
                UplinkDescriptor(
                    id: UplinkID("bot/chat"), name: "chat", platform: "telegram", source: source, profile: .chat),
                UplinkDescriptor(
                    id: UplinkID("bot/news"), name: "news", platform: "matrix", source: source,
                    profile: UplinkProfile(rawValue: "another")),
            ])
        #expect(registry.uplinks.allSatisfy { $0.capabilities == .receive })
        #expect(registry.uplink(UplinkID("bot/chat"))?.platform == "telegram")
        #expect(registry.uplink(UplinkID("bot/none")) == nil)
    }

    /// Names may come twice in a manifest, and none of their ids is another's.
    @Test(
        arguments: [
            ([], []),
            (["x", "x", "x"], ["a/x", "a/x/2", "a/x/3"]),
            (["x/2", "x", "x"], ["a/x/2", "a/x", "a/x/3"]),
            (["x", "x", "x/2"], ["a/x", "a/x/2", "a/x/2/2"]),
            (["é", "e\u{301}"], ["a/é", "a/e\u{301}"]),
        ] as [([String], [String])])
    func idsDiffer(names: [String], expected: [String]) throws {
        let declared = names.map { ($0, "p") }
        let made = UplinkDescriptor.declared(try StubCapsule("a", declared).uplinks, by: try CapsuleID("a"))
        #expect(made.map(\.id) == expected.map(UplinkID.init))
        try registry.register(StubCapsule("a", declared))
        #expect(registry.uplinks.count == names.count)
    }

    @Test func oneThatFailsTakesAllOthersBack() throws {
        try registry.register(uplink("a/y", of: "other"))
        let capsule = try StubCapsule("a", [("x", "p"), ("y", "p"), ("z", "p")])
        let fault = #expect(throws: RegistryFault.uplinkAlreadyRegistered(UplinkID("a/y"))) {
            try registry.register(capsule)
        }
        #expect(fault?.description == "Uplink already registered: a/y")
        #expect(fault?.error.code == .conflict)
        #expect(registry.isEmpty && registry.uplinks.map(\.id.string) == ["a/y"])
        registry.unregisterUplinks(of: try CapsuleID("other"))
        try registry.register(capsule)
        #expect(registry.uplinks.map(\.id.string) == ["a/x", "a/y", "a/z"])
    }

    @Test func registersEachIdOnce() throws {
        try registry.register(uplink("u", of: "a", platform: "first"))
        #expect(throws: RegistryFault.uplinkAlreadyRegistered(UplinkID("u"))) {
            try registry.register(uplink("u", of: "b", platform: "second"))
        }
        #expect(registry.uplink(UplinkID("u"))?.platform == "first")
        let fault = RegistryFault.uplinkAlreadyRegistered(UplinkID("a/\u{1b}[2J"))
        #expect(!fault.description.contains("\u{1b}"))
    }

    /// The lowest capsule's lowest uplink, in whatever order they came.
    @Test(
        arguments: [
            ("telegram", "b/2"), ("matrix", "a/1"), ("Telegram", nil), ("tele", nil), ("", nil), ("e\u{301}", "c/1"),
            ("é", nil),
        ] as [(String, String?)], [false, true])
    func findsByPlatform(_ row: (platform: String, expected: String?), isReversed: Bool) throws {
        let all = [
            try uplink("c/1", of: "c", platform: "e\u{301}"), try uplink("b/3", of: "b", platform: "telegram"),
            try uplink("b/2", of: "b", platform: "telegram"), try uplink("a/9", of: "c", platform: "telegram"),
            try uplink("a/1", of: "a", platform: "matrix"), try uplink("a/2", of: "a", platform: "matrix"),
        ]
        for uplink in isReversed ? all.reversed() : all { try registry.register(uplink) }
        #expect(registry.uplink(forPlatform: row.platform)?.id.string == row.expected)
        #expect(registry.uplinks.map(\.id.string) == ["a/1", "a/2", "b/2", "b/3", "a/9", "c/1"])
    }

    @Test(
        arguments: [
            (.receive, ["a/1", "a/2", "b/1"]), (.send, ["a/2", "b/2"]), ([.receive, .send], ["a/2"]), (.approve, []),
            ([], ["a/1", "a/2", "b/1", "b/2"]),
        ] as [(UplinkCapabilities, [String])])
    func findsByCapability(wanted: UplinkCapabilities, expected: [String]) throws {
        try registry.register(uplink("b/2", of: "b", .send))
        try registry.register(uplink("a/2", of: "a", [.receive, .send]))
        try registry.register(uplink("b/1", of: "b", .receive))
        try registry.register(uplink("a/1", of: "a", .receive))
        #expect(registry.uplinks { $0.isSuperset(of: wanted) }.map(\.id.string) == expected)
        // The registry is not locked while it asks.
        #expect(registry.uplinks { _ in registry.isEmpty }.count == 4)
        #expect(throws: CancellationError.self) { try registry.uplinks { _ in throw CancellationError() } }
    }

    @Test func uplinksGoWithoutTheirCapsule() throws {
        try registry.register(StubCapsule("a", [("x", "p"), ("y", "p")]))
        try registry.register(StubCapsule("b", [("x", "p")]))
        registry.unregisterUplinks(of: try CapsuleID("a"))
        #expect(registry.uplinks.map(\.id.string) == ["b/x"])
        #expect(registry.ids.map(\.string) == ["a", "b"])
        registry.unregisterUplinks(of: try CapsuleID("a"))
        registry.unregisterUplinks(of: try CapsuleID("absent"))
        #expect(registry.uplinks.count == 1)
        try registry.unregister(CapsuleID("a"))
        #expect(registry.uplinks.count == 1)
    }
}
