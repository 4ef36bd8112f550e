import Capsules
import Objects
import Runners
import Synchronization
import Testing

/// Rows S-030 to S-042: what is registered, what is found, and what goes with what.
@Suite struct CapsuleRegistryTests {
    private let registry = CapsuleRegistry()

    private func id(_ text: String) throws -> CapsuleID { try CapsuleID(text) }

    private func uplink(
        _ id: String, of source: String, platform: String = "p", _ capabilities: UplinkCapabilities = .receive
    ) throws -> UplinkDescriptor {
        try UplinkDescriptor(
            id: UplinkID(id), name: "n", platform: platform, source: CapsuleID(source), capabilities: capabilities)
    }

    // MARK: Capsules

    @Test func startsEmpty() throws {
        #expect(registry.isEmpty && registry.count == 0 && registry.ids.isEmpty && registry.capsules.isEmpty)
        #expect(registry.uplinks.isEmpty && registry.drain().isEmpty)
        #expect(try registry.capsule(id("a")) == nil)
        #expect(registry.debugDescription == "CapsuleRegistry(capsules: 0, ids: [], uplinks: 0)")
    }

    @Test func registersEachIdOnce() throws {
        let (first, second) = (try StubCapsule("a"), try StubCapsule("a", [("x", "p")]))
        try registry.register(first)
        let fault = #expect(throws: RegistryFault.alreadyRegistered(try id("a"))) { try registry.register(second) }
        #expect(fault?.description == "Already registered: a")
        #expect(fault?.error.code == .conflict)
        #expect(try registry.capsule(id("a")) === first)
        #expect(registry.count == 1 && registry.uplinks.isEmpty)
    }

    @Test func listsInTheOrderOfIds() throws {
        for name in ["b", "a.b", "zebra", "a-b", "a"] { try registry.register(StubCapsule(name, [("u", "p")])) }
        let sorted = ["a", "a-b", "a.b", "b", "zebra"]
        #expect(registry.ids.map(\.string) == sorted)
        #expect(registry.capsules.map(\.id.string) == sorted)
        #expect(registry.count == 5 && !registry.isEmpty)
        #expect(
            registry.debugDescription == "CapsuleRegistry(capsules: 5, ids: [a, a-b, a.b, b, zebra], uplinks: 5)")
        #expect(registry.drain().map(\.id.string) == sorted)
    }

    @Test func unregisterWithoutCapsuleTellsItsId() throws {
        try registry.register(uplink("u", of: "absent"))
        let fault = #expect(throws: RegistryFault.notFound(try id("absent"))) { try registry.unregister(id("absent")) }
        #expect(fault?.description == "capsule absent")
        #expect(fault?.error.code == .notFound)
        // It has changed nothing.
        #expect(registry.uplinks.count == 1)
    }

    @Test func unregisterTakesAllThatGoesWithIt() throws {
        let capsule = try StubCapsule("a", [("x", "p"), ("y", "p")])
        try registry.register(capsule)
        try registry.register(StubCapsule("b", [("x", "q")]))
        let (own, alsoOwn, other) = (InstanceID(), InstanceID(), InstanceID())
        for instance in [own, alsoOwn] { registry.register(instance, for: try id("a")) }
        registry.register(other, for: try id("b"))
        #expect(try registry.unregister(id("a")) === capsule)
        #expect(registry.ids.map(\.string) == ["b"])
        #expect(registry.uplinks.map(\.id.string) == ["b/x"])
        #expect(registry.capsuleID(of: own) == nil && registry.capsuleID(of: alsoOwn) == nil)
        #expect(try registry.capsuleID(of: other) == id("b"))
        // Another one of that id can come.
        try registry.register(StubCapsule("a", [("x", "p")]))
        #expect(registry.uplinks.map(\.id.string) == ["a/x", "b/x"])
    }

    @Test func drainTakesEverything() throws {
        let capsules = [try StubCapsule("b", [("x", "p")]), try StubCapsule("a")]
        for capsule in capsules { try registry.register(capsule) }
        try registry.register(uplink("u", of: "absent"))
        let (instance, early) = (InstanceID(), InstanceID())
        registry.register(instance, for: try id("a"))
        registry.register(early, for: try id("absent"))
        let drained = registry.drain()
        #expect(drained.count == 2 && drained.first === capsules[1] && drained.last === capsules[0])
        #expect(registry.isEmpty && registry.uplinks.isEmpty)
        #expect(registry.capsuleID(of: instance) == nil && registry.capsuleID(of: early) == nil)
        #expect(registry.drain().isEmpty)
        for capsule in capsules { try registry.register(capsule) }
        #expect(registry.count == 2)
    }

    /// Who has a capsule keeps it, whatever the registry does.
    @Test func aReferenceOutlivesTheRegistration() throws {
        final class Count: Sendable { let ended = Mutex(0) }
        let count = Count()
        let name = try id("a")
        try registry.register(StubCapsule("a") { count.ended.withLock { $0 += 1 } })
        var held = registry.capsule(name)
        try registry.unregister(name)
        #expect(held?.id == name && count.ended.withLock { $0 } == 0)
        held = nil
        #expect(count.ended.withLock { $0 } == 1)
        try registry.register(StubCapsule("a") { count.ended.withLock { $0 += 1 } })
        var drained = registry.drain()
        #expect(drained.count == 1 && count.ended.withLock { $0 } == 1)
        drained = []
        #expect(count.ended.withLock { $0 } == 2)
    }

    // MARK: UUIDs

    @Test func aUUIDLeadsToTheLastCapsuleItWasGiven() throws {
        let (instance, second) = (InstanceID(), InstanceID())
        registry.register(instance, for: try id("first"))
        #expect(try registry.capsuleID(of: instance) == id("first"))
        #expect(registry.capsuleID(of: second) == nil)
        registry.register(instance, for: try id("second"))
        registry.register(second, for: try id("second"))
        // None of them need be registered.
        #expect(try registry.capsuleID(of: instance) == id("second") && registry.capsuleID(of: second) == id("second"))
        #expect(registry.isEmpty)
        // Taking out whom it led to before does nothing to it.
        try registry.register(StubCapsule("first"))
        try registry.unregister(id("first"))
        #expect(try registry.capsuleID(of: instance) == id("second"))
    }

    @Test(
        arguments: [
            ("1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77", "1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77"),
            ("1F0C9A52-7A3E-4A51-9D5B-2F6F5F1C1A77", "1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77"),
            ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("", nil), ("1f0c9a527a3e4a519d5b2f6f5f1c1a77", nil), ("1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a7", nil),
            ("1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a7g", nil), ("+f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77", nil),
            ("1f0c9a5-27a3e-4a51-9d5b-2f6f5f1c1a77", nil), ("1f0c9a52-7a3e-4a51-9d5b-2f6f5f1c1a77-", nil),
        ] as [(String, String?)])
    func readsUUIDs(text: String, expected: String?) {
        #expect(InstanceID(text)?.description == expected)
    }

    @Test func makesUUIDs() {
        let made = (0..<1_000).map { _ in InstanceID() }
        #expect(Set(made).count == 1_000)
        for instance in made {
            let text = Array(instance.description.utf8)
            #expect(InstanceID(instance.description) == instance)
            #expect(text[14] == UInt8(ascii: "4") && "89ab".utf8.contains(text[19]))
        }
    }
}
