import Capsules
import Objects

/// Checks the journal of this copy against its chain.
struct JournalAudit {
    /// The id of this copy; nil before it has any.
    let own: ReplicaID?
    private let file: JournalFile?
    private let failure: AmxError?
    /// What is lost.
    let loss: EventLoss?
    /// The id that this copy had before, and lost.
    private let lost: ReplicaID?

    /// Reads the journal as it is now.
    init(_ workspace: Workspace) throws(AmxError) {
        // First: a copy that has an id has a journal.
        let before = try workspace.replica()
        do throws(AmxError) {
            file = try Journal.read(workspace, writtenToo: true)
            failure = nil
        } catch {
            (file, failure) = (nil, error)
        }
        // A new id may have come with a new journal.
        own = if let file, file.header.replica != before { try workspace.replica() } else { before }
        loss = try workspace.eventLoss()
        lost = try workspace.replicaMark()?.lost
    }

    /// What this copy knows of a chain of its own; nil for another's.
    func origin(of replica: ReplicaID) -> ChainReport.Origin? {
        if replica == own { return .own }
        return replica == lost || replica == loss?.replica ? .lost : nil
    }

    /// Whether this copy has folded events and gone on after them.
    var isAfterFold: Bool { own != nil && file?.header.replica == own && file?.header.commit != nil }

    /// What is wrong with it, and how many events it has that the chain of this copy has not.
    func findings(_ chain: ChainAudit?) -> (findings: [AuditFinding], events: Int) {
        func finding(_ place: String, _ problem: String) -> AuditFinding {
            AuditFinding(
                kind: .journal, replica: file?.header.replica ?? own, commit: nil, place: place, problem: problem)
        }
        if let failure { return ([finding("", failure.message)], 0) }
        switch loss {
        case .journal(let replica):
            let lost = "nothing is recorded until it is restored, or `amx events --set-aside \(replica.string)`"
            guard let file else { return ([finding("", "there is none, and there was one: \(lost)")], 0) }
            return ([finding("", "it is of \(file.header.replica.string), not of this copy: \(lost)")], 0)
        case .id: return ([finding("", "there is one, and .aimatrix/replica is gone or another copy's")], 0)
        case .both(let replica):
            let problem = "this copy was that, and both its .aimatrix/replica and its journal are gone"
            return ([AuditFinding(kind: .replica, replica: replica, commit: nil, place: "", problem: problem)], 0)
        case .exchanged(let replica, let known):
            let problem = "this copy was that, and .aimatrix/replica and the journal are of \(replica.string)"
            return ([AuditFinding(kind: .replica, replica: known, commit: nil, place: "", problem: problem)], 0)
        case nil: break
        }
        // A copied directory has the journal of another copy, which says nothing about this one.
        guard let own, let file, file.header.replica == own else { return ([], 0) }
        var findings: [AuditFinding] = []
        let base = file.header.base
        if let commit = file.header.commit {
            if chain?.commits[commit] == nil {
                findings.append(
                    finding("", "it goes on after commit \(commit.abbreviated), which the chain does not have"))
            } else if chain?.commits[commit] != base {
                findings.append(
                    finding("", "it goes on after event \(base), and commit \(commit.abbreviated) ends elsewhere"))
            }
        } else if base != 0 {
            findings.append(finding("", "it goes on after event \(base) of no commit"))
        }
        let last = chain?.last ?? 0
        for record in file.records {
            let place = "event \(record.sequence)"
            do throws(EventDefect) {
                let event = try Event(line: record.line, of: own)
                if event.sequence != record.sequence {
                    findings.append(finding(place, "its sequence is \(event.sequence)"))
                }
            } catch {
                findings.append(finding(place, error.description))
            }
        }
        for record in chain?.differs(from: file.records) ?? [] {
            findings.append(finding("event \(record.sequence)", "the chain has another event in its place"))
        }
        return (findings, file.records.count { $0.sequence > last })
    }
}
