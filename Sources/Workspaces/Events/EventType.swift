/// What kind of thing happened, as seed 000 names it (rows ).
///
/// A type is 1 to 64 bytes of `a-z`, digits and underscores, with a letter first. Those that are not listed here are kept and change
/// no state.
package struct EventType: Sendable, Hashable {
    /// The name in an event.
    package let name: String

    /// Checks a name.
    package init?(_ name: String) {
        guard let first = name.utf8.first, name.utf8.count <= 64, (0x61...0x7A).contains(first),
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
        else { return nil }
        self.name = name
    }

    private init(known name: StaticString) { self.name = "\(name)" }

    /// A capsule is there and works.
    package static let installed = EventType(known: "installed")
    /// It has another version.
    package static let updated = EventType(known: "updated")
    /// Members of its configuration changed.
    package static let configured = EventType(known: "configured")
    /// It is gone.
    package static let removed = EventType(known: "removed")
    /// Something failed.
    package static let error = EventType(known: "error")
    /// It was read or called.
    package static let accessed = EventType(known: "accessed")
    /// It has an earlier version again.
    package static let rolledBack = EventType(known: "rolled_back")
    /// It is gone, and can be had back for a while.
    package static let softRemoved = EventType(known: "soft_removed")
    /// It was had back.
    package static let restored = EventType(known: "restored")
    /// A release was made.
    package static let published = EventType(known: "published")
    /// It should not be used any more.
    package static let deprecated = EventType(known: "deprecated")
    /// Somebody approved something about it.
    package static let approved = EventType(known: "approved")
    /// Something of it ran.
    package static let executed = EventType(known: "executed")

    /// The id was lost under which this copy of the workspace recorded events: those of its new one begin.
    package static let replicaLost = EventType(known: "replica_lost")

    /// All that Amx writes, in the order of the documentation.
    package static let known: [EventType] = [
        installed, updated, configured, removed, error, accessed, rolledBack, softRemoved, restored, published,
        deprecated, approved, executed, replicaLost,
    ]
}
