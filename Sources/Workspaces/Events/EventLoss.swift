package import Capsules
import Glibc
package import Objects

/// How this copy of a workspace has lost events that it had acknowledged, or the id that they were under (`docs/events.md`, "Lost").
package enum EventLoss: Sendable, Hashable {
    /// This copy has an id, and its journal is gone or empty, or another copy's is in its place.
    case journal(ReplicaID)
    /// There is a journal with events, and the file with the id is gone under which it was written.
    case id(ReplicaID)
    /// Both are gone: only the workspace's own repository says which id this copy had.
    case both(ReplicaID)
    /// Both are those of another id than the workspace's own repository says.
    case exchanged(ReplicaID, known: ReplicaID)

    /// The chain that it is about, as far as is known.
    package var replica: ReplicaID {
        switch self {
        case .journal(let replica), .id(let replica), .both(let replica): replica
        case .exchanged(let replica, _): replica
        }
    }

    /// The error, `.verification`, of what needs all events of this copy; the hint says how to go on.
    package func error(in workspace: Workspace) -> AmxError {
        let (message, hint) = text(in: workspace)
        return AmxError(.verification, message, hint: hint)
    }

    private func text(in workspace: Workspace) -> (String, String) {
        let lost = "events that only the journal had are lost then"
        let aside = "go on under a new id with `amx events --set-aside \(replica.string)`"
        return switch self {
        case .journal(let replica):
            (
                "the event journal \(workspace.journalPath) is gone, and the chain \(replica.string) was going on in it",
                "run `amx audit`; restore the file from a backup, or \(aside): \(lost)"
            )
        case .id(let replica):
            (
                "\(workspace.replicaPath) is gone or another copy's, and the event journal beside it is of the chain \(replica.string)",
                "write that id alone into the file when this is the copy that the id was given to; else move \(workspace.journalPath) away"
            )
        case .both(let replica):
            (
                "\(workspace.replicaPath) and the event journal are gone, and this copy was \(replica.string)",
                "run `amx audit`; restore the journal from a backup and write that id alone into the other file; else the next event is recorded under a new id, which `amx events --set-aside \(replica.string)` gives at once: \(lost)"
            )
        case .exchanged(let replica, let known):
            (
                "\(workspace.replicaPath) and the event journal are of \(replica.string), and \(workspace.filesRepositoryPath) says that this copy is \(known.string)",
                "run `amx audit`; restore both files from a backup, or \(aside): the journal is put aside then"
            )
        }
    }
}

extension Workspace {
    /// What is lost of this copy's own events; nil where nothing is known to be. Changes nothing.
    package func eventLoss() throws(AmxError) -> EventLoss? {
        guard let seen = try lookForLoss() else { return nil }
        // A new id and its journal come one after the other: under the lock, both are what they stay.
        guard let lock = try? BriefLock(journalLockPath) else { return seen }
        return try lock.hold("cannot read the journal") { () throws(AmxError) in try lookForLoss() }
    }

    /// The same where `.aimatrix/replica` is gone, and nil at a glance where it is not: for every command that may record something.
    package func eventLossWithoutID() throws(AmxError) -> EventLoss? {
        guard !Directory.exists(replicaPath), Directory.exists(replicaMarkPath) else { return nil }
        return try eventLoss()
    }

    /// The same for who holds the journal's lock. A damaged journal is no loss: whoever reads it says so.
    func lookForLoss() throws(AmxError) -> EventLoss? {
        var status = stat()
        let isThere = lstat(journalPath, &status) == 0 && status.st_size > 0
        let file = isThere ? try? JournalFile.open(journalPath) : nil
        guard !isThere || file != nil else { return nil }
        if let replica = try replica() {
            guard let file, file.header.replica == replica else { return .journal(replica) }
            guard let known = try replicaMark()?.replica, known != replica else { return nil }
            return .exchanged(replica, known: known)
        }
        let isBlank = try file?.isBlank() ?? true
        // A copied directory has that file too, but not as it is here.
        let isGone = !Directory.exists(replicaPath)
        guard let mark = try replicaMark() else {
            guard isGone, !isBlank, let file else { return nil }
            return .id(file.header.replica)
        }
        if let file {
            if !isBlank, isGone || file.header.replica == mark.replica { return .id(file.header.replica) }
            // Cut off before it was given to this copy.
            if isBlank, file.header.replica == mark.replica { return mark.lost.map { .both($0) } }
        }
        return .both(mark.replica)
    }
}
