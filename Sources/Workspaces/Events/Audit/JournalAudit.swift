import Capsules
import Objects

/// Checks the journal of this copy against its chain.
struct JournalAudit {
    private let file: JournalFile?
    private let failure: AmxError?
    private let isMissing: Bool

    /// Reads the journal as it is now.
    init(_ workspace: Workspace) {
        do throws(AmxError) {
            file = try Journal.read(workspace, writtenToo: true)
            failure = nil
            isMissing = file == nil && Journal.mark(of: workspace) != nil
        } catch {
            (file, failure, isMissing) = (nil, error, false)
        }
    }

    /// What is wrong with it, and how many events it has that the chain has not.
    func findings(own: ReplicaID?, chain: ChainAudit?) -> (findings: [AuditFinding], events: Int) {
        func finding(_ place: String, _ problem: String) -> AuditFinding {
            AuditFinding(
                kind: .journal, replica: file?.header.replica ?? own, commit: nil, place: place, problem: problem)
        }
        if let failure { return ([finding("", failure.message)], 0) }
        // A copied directory has the journal of another copy, which says nothing about this one.
        if isMissing, own != nil { return ([finding("", "there is none, and there was one")], 0) }
        guard let file, let own else { return ([], 0) }
        guard file.header.replica == own else {
            return ([finding("", "it is of \(file.header.replica.string), and this copy is \(own.string)")], 0)
        }
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
