package import Capsules
import Versions

/// What stands against removing capsules: others that need them (row S-127).
///
/// Pure: it looks at what manifests say. Capabilities match as for the order of loading (``Versions/Capability``), so a capsule's own offer
/// never counts for itself.
package struct RemovalGuard: Sendable {
    /// A capsule that is here, as far as others depend on it or it on them.
    package struct Member: Sendable, Hashable {
        /// The capsule.
        package let id: CapsuleID
        /// What it offers.
        package let provides: [String]
        /// What it requires others to offer.
        package let requires: [String]
        /// The capsules that must be there for it.
        package let dependencies: Set<CapsuleID>

        /// Describes a capsule.
        package init(
            id: CapsuleID, provides: [String] = [], requires: [String] = [], dependencies: Set<CapsuleID> = []
        ) {
            (self.id, self.provides, self.requires, self.dependencies) = (id, provides, requires, dependencies)
        }

        /// Takes what a manifest says.
        package init(_ manifest: Manifest) {
            let needed = manifest.dependencies(.required) + manifest.dependencies(.peer)
            self.init(
                id: manifest.id, provides: manifest.effectiveProvides, requires: manifest.requires,
                dependencies: Set(needed.map(\.id)))
        }
    }

    /// Why capsules should stay: by those that need them, in bytewise order of their ids, dependencies before capabilities.
    package let obstacles: [RemovalObstacle]

    /// Looks at what is here, in any order, and which of it is to go.
    package init(removing removed: Set<CapsuleID>, from members: [Member]) {
        let leaving = members.filter { removed.contains($0.id) }.sorted { $0.id < $1.id }
        let staying = members.filter { !removed.contains($0.id) }.sorted { $0.id < $1.id }
        let offered = leaving.map { member in (member.id, member.provides.map { Capability($0) }) }
        let remaining = staying.map { member in (member.id, member.provides.map { Capability($0) }) }
        var obstacles: [RemovalObstacle] = []
        for member in staying {
            for id in member.dependencies.intersection(removed).sorted() {
                obstacles.append(RemovalObstacle(removed: id, need: .dependency, requiredBy: member.id))
            }
            for requirement in member.requires {
                let wanted = Capability(requirement)
                let isMet = remaining.contains { provider in
                    provider.0 != member.id && provider.1.contains { wanted.isMet(by: $0) }
                }
                guard !isMet, let provider = offered.first(where: { $0.1.contains { wanted.isMet(by: $0) } }) else {
                    continue
                }
                obstacles.append(
                    RemovalObstacle(removed: provider.0, need: .capability(requirement), requiredBy: member.id))
            }
        }
        self.obstacles = obstacles
    }
}
