import Capsules
import Objects
import Runners
import Synchronization
import TestSupport
import Testing

/// Several threads that use one registry at once.
@Suite(.onTestThreads) struct RegistryThreadTests {
    /// What threads count together.
    private final class Tally: Sendable {
        let registered = Atomic(0)
        let unregistered = Atomic(0)
        let ended = Atomic(0)
        let torn = Atomic(0)
        let thread = Atomic(0)
    }

    /// All want the same few ids. Each registration is ended once: by who unregisters it, or by who drains. Whoever
    /// looks sees a capsule with both of its uplinks, or neither.
    @Test func nothingIsLostOrSeenInPart() throws {
        let names = try (0..<5).map { try CapsuleID("c\($0)") }
        let registry = CapsuleRegistry()
        let tally = Tally()
        WorkerThreads.run(8) {
            var random = SeededGenerator(seed: UInt64(tally.thread.add(1, ordering: .relaxed).newValue))
            for _ in 0..<2_000 {
                let id = names[Int.random(in: 0..<names.count, using: &random)]
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<8:
                    guard
                        let capsule = try? StubCapsule(
                            id.string, [("x", "p"), ("y", id.string)],
                            ending: { tally.ended.add(1, ordering: .relaxed) })
                    else { continue }
                    if (try? registry.register(capsule)) != nil { tally.registered.add(1, ordering: .relaxed) }
                case 8..<13:
                    guard let capsule = try? registry.unregister(id) else { continue }
                    tally.unregistered.add(1, ordering: .relaxed)
                    if capsule.id != id { tally.torn.add(1, ordering: .relaxed) }
                case 13: tally.unregistered.add(registry.drain().count, ordering: .relaxed)
                case 14:
                    let instance = InstanceID()
                    registry.register(instance, for: id)
                    if let found = registry.capsuleID(of: instance), found != id {
                        tally.torn.add(1, ordering: .relaxed)
                    }
                default:
                    // One look at all of them.
                    let counts = Dictionary(grouping: registry.uplinks, by: \.source).mapValues(\.count)
                    if counts.values.contains(where: { $0 != 2 }) { tally.torn.add(1, ordering: .relaxed) }
                    if let held = registry.capsule(id), held.uplinks.count != 2 {
                        tally.torn.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        #expect(tally.torn.load(ordering: .relaxed) == 0)
        let left = registry.count
        #expect(registry.uplinks.count == 2 * left)
        #expect(
            tally.registered.load(ordering: .relaxed) == tally.unregistered.load(ordering: .relaxed) + left)
        #expect(tally.unregistered.load(ordering: .relaxed) > 100)
        // What was refused and what was taken out is gone; what is registered is not.
        let before = tally.ended.load(ordering: .relaxed)
        #expect(registry.drain().count == left)
        #expect(tally.ended.load(ordering: .relaxed) == before + left)
    }

    /// Of many who register an id at once one succeeds.
    @Test func oneOfManyWins() throws {
        let registry = CapsuleRegistry()
        let tally = Tally()
        WorkerThreads.run(8) {
            for round in 0..<200 {
                guard let capsule = try? StubCapsule("c\(round)", [("x", "p")]) else { continue }
                if (try? registry.register(capsule)) != nil { tally.registered.add(1, ordering: .relaxed) }
            }
        }
        #expect(tally.registered.load(ordering: .relaxed) == 200)
        #expect(registry.count == 200 && registry.uplinks.count == 200)
    }
}
