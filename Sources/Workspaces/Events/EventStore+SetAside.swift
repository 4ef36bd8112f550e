package import Capsules
package import Objects

extension EventStore {
    /// Puts a chain aside that is not what a remote has under its name, so that the remote's can come, and returns its last commit.
    ///
    /// Its events stay in this copy, and are shown with all others: those that the chain of its name does not have. When it is this
    /// copy's own, what the journal has goes with it, and this copy goes on under a new id; nil where it then has no chain yet. A journal
    /// that does not go on where the chain ends, or is damaged, is put aside as the file `.aimatrix/journal-REPLICA`.
    /// `.notFound` when there is no such chain. Cut off in between, it is done by doing it again.
    @discardableResult
    package func setAside(_ replica: ReplicaID) throws(AmxError) -> ObjectID? {
        let lock = try BriefLock(workspace.journalFoldPath)
        return try lock.hold("cannot put the events aside", timeout: 60) { () throws(AmxError) in
            // An id that was lost is this copy's own, too.
            let (loss, own) = (try workspace.eventLoss(), try workspace.replica())
            let isOwn = own == replica || loss == .both(replica)
            if isOwn {
                do throws(AmxError) {
                    // What comes after a fold goes into the next one.
                    repeat { _ = try foldLocked() } while try !journal.leaveReplica()
                } catch {
                    guard error.code == .verification else { throw error }
                    try journal.abandonReplica(replica)
                }
            }
            if let head = try move(replica) { return head }
            guard isOwn else {
                throw AmxError(
                    .notFound, "there is no event chain \(replica.string) here",
                    hint: "name one that `amx push` or `amx pull` has refused")
            }
            return nil
        }
    }

    private func move(_ replica: ReplicaID) throws(AmxError) -> ObjectID? {
        guard let repository = try workspace.filesRepository(),
            let head = try repository.refs.snapshot()[replica.chain]?.id, let former = replica.former(at: head)
        else { return nil }
        // First, so that no chain is missed that has been moved.
        var memory = try ChainMemory(workspace)
        try memory.forget(replica)
        try repository.refs.commit([
            RefUpdate(former, expected: .any, new: head), RefUpdate(replica.chain, expected: .id(head), new: nil),
        ])
        return head
    }
}
