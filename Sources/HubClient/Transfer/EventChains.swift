import Capsules
import Objects

/// Which event chains of a workspace a fetch or a push moves.
///
/// Chains have the same name everywhere, only go forward, and each is added to by one copy of the workspace alone. So a
/// fetch takes everybody's chains but this copy's own, and a push brings that one.
struct EventChains {
    /// The workspace's repository.
    let repository: Repository
    /// This copy of the workspace; nil while it has no events.
    let own: ReplicaID?

    /// What fetching comes to; a chain that is behind what is here stays as it is.
    func fetched(_ there: RemoteRefs, _ here: RefSnapshot, location: String) throws(AmxError) -> [RefOutcome] {
        try there.chains.map { chain throws(AmxError) in
            let old = here[chain.name]?.id
            guard let old, old != chain.id else { return RefOutcome(chain.name, old: old, new: chain.id) }
            if try isKnown(chain.id, in: old) { return RefOutcome(chain.name, old: old, new: old) }
            let outcome = RefOutcome(chain.name, old: old, new: chain.id)
            guard let own, chain.name == own.chain else { return outcome }
            return outcome.rejected(Self.foreign(own, location))
        }
    }

    /// What pushing comes to; nil when there is nothing to push.
    func pushed(_ there: RemoteRefs, _ here: RefSnapshot, location: String) throws(AmxError) -> RefOutcome? {
        guard let own, let chain = here[own.chain] else { return nil }
        let outcome = RefOutcome(chain.name, old: there[chain.name], new: chain.id)
        guard let old = outcome.old, try !isKnown(old, in: chain.id) else { return outcome }
        return outcome.rejected(Self.foreign(own, location))
    }

    private func isKnown(_ id: ObjectID, in chain: ObjectID) throws(AmxError) -> Bool {
        guard repository.contains(id) else { return false }
        return try CommitWalk(repository).isAncestor(id, of: chain)
    }

    /// How a chain comes in place of one that is here and is another.
    static func way(out replica: ReplicaID) -> String {
        "`amx events --set-aside \(replica.string)` keeps the events that are here and makes room for the others"
    }

    private static func foreign(_ own: ReplicaID, _ location: String) -> RefOutcome.Rejection {
        .init(
            .conflict, "\(location) has events under this workspace's replica id that are not of this copy",
            hint:
                "two copies of a directory share the id, or an old one was put back: \(way(out: own)); this copy then goes on "
                + "under an id of its own")
    }
}
