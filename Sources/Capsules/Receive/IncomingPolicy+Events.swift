package import Objects

extension IncomingPolicy {
    /// Throws when a push may not change a reference below `refs/amx/events/` in this way.
    func checkEvents(_ update: RefUpdate, in snapshot: RefSnapshot) throws(AmxError) {
        guard let tip = update.new else {
            throw AmxError(
                .denied, "cannot delete \(update.name.string): events stay",
                hint: "an event chain only goes forward")
        }
        try checkEvents(tip, as: update.name, from: snapshot[update.name]?.id)
        guard hasBranch else {
            throw AmxError(
                .denied, "cannot change \(update.name.string): this is not a workspace's repository yet",
                hint: "push a branch of the workspace first, or with it")
        }
        try checkSignatures(of: tip, as: update.name, beyond: snapshot.refs.map { ($0.name, $0.commit) })
    }

    /// Throws when an event chain may not go from one commit to another; without `current`, when it may not begin there.
    ///
    /// A chain is named by a replica, is of commits, and only goes forward. That the repository is a workspace's is the
    /// caller's to know.
    package func checkEvents(_ tip: ObjectID, as name: RefName, from current: ObjectID?) throws(AmxError) {
        guard ReplicaID(chain: name) != nil else {
            throw AmxError(
                .failure, "\(name.string) is no event chain: it does not name a replica",
                hint: "the last part is a replica's id, \(ReplicaID.digits) hexadecimal digits in lower case")
        }
        guard let header = try incoming.header(tip) else { throw missing(tip) }
        guard header.kind == .commit else {
            throw AmxError(.failure, "an event chain is of commits: \(tip) is a \(header.kind.rawValue)")
        }
        guard let current else { return }
        guard try CommitWalk(incoming.reader).isAncestor(current, of: tip) else {
            throw AmxError(
                .conflict, "cannot change \(name.string): its events would be lost",
                hint: "an event chain only goes forward")
        }
    }
}
