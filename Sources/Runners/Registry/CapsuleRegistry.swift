package import Capsules
import Synchronization

/// The capsules that are loaded, with their uplinks, and which of them stands behind a UUID (seed 002, rows S-030 to
/// S-042).
///
/// Safe for use by several threads: each call sees what others did before or after it, never a part. No code of a
/// capsule or of a caller runs while the registry is locked. Lists are in the order of ids.
package final class CapsuleRegistry: Sendable {
    private struct State {
        var capsules: [CapsuleID: any LoadedCapsule] = [:]
        var uplinks: [UplinkID: UplinkDescriptor] = [:]
        var instances: [InstanceID: CapsuleID] = [:]

        mutating func removeUplinks(of id: CapsuleID) {
            guard uplinks.values.contains(where: { $0.source == id }) else { return }
            uplinks = uplinks.filter { $0.value.source != id }
        }
    }

    private let state = Mutex(State())

    /// Makes a registry without capsules.
    package init() {}

    // MARK: Capsules

    /// Adds a capsule and the uplinks that it declares: all of them, or nothing.
    package func register(_ capsule: some LoadedCapsule) throws(RegistryFault) {
        let id = capsule.id
        let uplinks = UplinkDescriptor.declared(capsule.uplinks, by: id)
        try state.withLock { state throws(RegistryFault) in
            guard state.capsules[id] == nil else { throw .alreadyRegistered(id) }
            // Their ids differ from each other, so nothing fails once the first is added.
            if let taken = uplinks.first(where: { state.uplinks[$0.id] != nil }) {
                throw .uplinkAlreadyRegistered(taken.id)
            }
            for uplink in uplinks { state.uplinks[uplink.id] = uplink }
            state.capsules[id] = capsule
        }
    }

    /// Takes a capsule out, with its uplinks and all UUIDs that lead to it. Who has a reference may go on using it.
    @discardableResult
    package func unregister(_ id: CapsuleID) throws(RegistryFault) -> any LoadedCapsule {
        try state.withLock { state throws(RegistryFault) in
            guard let capsule = state.capsules.removeValue(forKey: id) else { throw .notFound(id) }
            state.removeUplinks(of: id)
            state.instances = state.instances.filter { $0.value != id }
            return capsule
        }
    }

    /// Takes everything out: all capsules, uplinks and UUIDs.
    package func drain() -> [any LoadedCapsule] {
        state.withLock { state in
            defer { state = State() }
            return Self.sorted(state.capsules)
        }
    }

    /// The capsule of an id.
    package func capsule(_ id: CapsuleID) -> (any LoadedCapsule)? { state.withLock { $0.capsules[id] } }

    /// All ids.
    package var ids: [CapsuleID] { state.withLock { Array($0.capsules.keys) }.sorted() }

    /// All capsules.
    package var capsules: [any LoadedCapsule] { state.withLock { Self.sorted($0.capsules) } }

    /// How many capsules there are.
    package var count: Int { state.withLock { $0.capsules.count } }

    /// Whether there are no capsules.
    package var isEmpty: Bool { count == 0 }

    private static func sorted(_ capsules: [CapsuleID: any LoadedCapsule]) -> [any LoadedCapsule] {
        capsules.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: UUIDs

    /// Lets a UUID lead to a capsule, from now on to no other. The capsule need not be registered.
    package func register(_ instance: InstanceID, for id: CapsuleID) { state.withLock { $0.instances[instance] = id } }

    /// The capsule that a UUID leads to.
    package func capsuleID(of instance: InstanceID) -> CapsuleID? { state.withLock { $0.instances[instance] } }

    // MARK: Uplinks

    /// Adds an uplink. Its capsule need not be registered.
    package func register(_ uplink: UplinkDescriptor) throws(RegistryFault) {
        try state.withLock { state throws(RegistryFault) in
            guard state.uplinks[uplink.id] == nil else { throw .uplinkAlreadyRegistered(uplink.id) }
            state.uplinks[uplink.id] = uplink
        }
    }

    /// Takes out all uplinks of a capsule, if there are any.
    package func unregisterUplinks(of id: CapsuleID) { state.withLock { $0.removeUplinks(of: id) } }

    /// The uplink of an id.
    package func uplink(_ id: UplinkID) -> UplinkDescriptor? { state.withLock { $0.uplinks[id] } }

    /// All uplinks, by their capsules and then their own ids.
    package var uplinks: [UplinkDescriptor] {
        state.withLock { Array($0.uplinks.values) }.sorted { ($0.source, $0.id) < ($1.source, $1.id) }
    }

    /// The first uplink, in the order of ``uplinks``, of exactly that platform.
    package func uplink(forPlatform platform: String) -> UplinkDescriptor? {
        state.withLock { state in state.uplinks.values.filter { $0.platform.utf8.elementsEqual(platform.utf8) } }
            .min { ($0.source, $0.id) < ($1.source, $1.id) }
    }

    /// The uplinks whose capabilities are such.
    package func uplinks<Failure: Error>(
        where isWanted: (UplinkCapabilities) throws(Failure) -> Bool
    ) throws(Failure) -> [UplinkDescriptor] {
        var wanted: [UplinkDescriptor] = []
        for uplink in uplinks where try isWanted(uplink.capabilities) { wanted.append(uplink) }
        return wanted
    }
}

extension CapsuleRegistry: CustomDebugStringConvertible {
    /// How many capsules and uplinks there are, and the capsules' ids.
    package var debugDescription: String {
        let (ids, uplinks) = state.withLock { (Array($0.capsules.keys), $0.uplinks.count) }
        let names = ids.sorted().map(\.string).joined(separator: ", ")
        return "CapsuleRegistry(capsules: \(ids.count), ids: [\(names)], uplinks: \(uplinks))"
    }
}
