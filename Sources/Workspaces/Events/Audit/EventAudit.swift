package import Capsules
import Glibc
package import Objects

/// Checks every event chain of a workspace from its first commit, and the journal.
///
/// What it has found sound it remembers, so that a chain that is replaced later is noticed. Needs no lock of the workspace.
package struct EventAudit {
    /// What was looked at and what was found.
    package struct Report: Sendable {
        /// The number of chains.
        package var chains = 0
        /// What is known of each, in the order of their names; those that were put aside come first.
        package var replicas: [ChainReport] = []
        /// The number of commits.
        package var commits = 0
        /// The number of events, those of the journal included.
        package var events = 0
        /// How many commits have signatures of which worth.
        package var signatures: [SignatureVerdict.State: Int] = [:]
        /// Whether the last batch of this copy is not signed.
        package var isLastUnsigned = false
        /// What this copy has lost of its own events; there is a finding of it.
        package var loss: EventLoss?
        /// What is wrong, chain by chain, in order.
        package var findings: [AuditFinding] = []
    }

    private let workspace: Workspace

    /// Names the workspace.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// Checks everything; with `requiringSignatures`, every batch must be signed by somebody who is trusted.
    package func run(requiringSignatures: Bool = false) throws(AmxError) -> Report {
        var report = Report()
        let trust = BatchTrust(workspace, requiresSignatures: requiringSignatures)
        // Before the chains: what is folded in between is in both.
        let journal = try JournalAudit(workspace)
        var memory = try ChainMemory(workspace)
        var sound: [ReplicaID: ChainMemory.Sighting] = [:]
        var chains: [ReplicaID: ChainAudit] = [:]
        if let repository = try workspace.filesRepository() {
            let snapshot = try repository.refs.snapshot()
            let arrivals = try ChainArrivals(workspace).arrivals
            func check(
                _ ref: Ref, of replica: ReplicaID, _ sighting: ChainMemory.Sighting?, isSetAside: Bool = false
            ) -> ChainAudit {
                var audit = ChainAudit(EventChain(repository: repository, replica: replica, head: ref.id), trust: trust)
                audit.run(sighting)
                report.chains += 1
                report.commits += audit.commits.count
                report.events += audit.events
                report.findings += audit.findings
                for state in audit.signatures { report.signatures[state, default: 0] += 1 }
                let origin =
                    journal.origin(of: replica) ?? arrivals[replica].map { .remote($0) } ?? ChainReport.Origin.unknown
                report.replicas.append(
                    ChainReport(
                        replica: replica, origin: origin, isSetAside: isSetAside, commits: audit.commits.count,
                        events: audit.events, last: audit.last, signers: audit.signers))
                return audit
            }
            for ref in snapshot.refs(withPrefix: ReplicaID.formerPrefix) {
                guard let replica = ReplicaID(former: ref.name) else { continue }
                _ = check(ref, of: replica, nil, isSetAside: true)
            }
            for ref in snapshot.refs(withPrefix: ReplicaID.chainPrefix) {
                guard let replica = ReplicaID(chain: ref.name) else { continue }
                let audit = check(ref, of: replica, memory.sightings[replica])
                chains[replica] = audit
                // Whether it should be signed says nothing about what was seen of it.
                if audit.findings.allSatisfy({ [.unsigned, .untrusted].contains($0.kind) }), let digest = audit.digest {
                    sound[replica] = .init(commit: ref.id, digest: digest, sequence: audit.last)
                }
            }
        }
        for (replica, sighting) in memory.sightings.sorted(by: { $0.key.string < $1.key.string })
        where chains[replica] == nil {
            report.findings.append(
                AuditFinding(
                    kind: .replaced, replica: replica, commit: sighting.commit, place: "",
                    problem: "the chain is gone; its last known event is \(sighting.sequence)"))
        }
        if let own = journal.own, journal.isAfterFold, memory.sightings[own] == nil {
            report.findings.append(
                AuditFinding(
                    kind: .replaced, replica: own, commit: nil, place: "",
                    problem: "what was seen of it is gone from .aimatrix/chains, where each fold notes it"))
            // Only a fold knows what it should be.
            sound[own] = nil
        }
        let lastSignature = journal.own.flatMap { chains[$0]?.signatures.last }
        report.isLastUnsigned = lastSignature == SignatureVerdict.State.none
        report.loss = journal.loss
        let (findings, count) = journal.findings(journal.own.flatMap { chains[$0] })
        report.findings += findings
        report.events += count
        if Self.isNew(sound, to: memory) {
            let lock = try BriefLock(workspace.journalFoldPath)
            try lock.hold("cannot note what was checked", timeout: 60) { () throws(AmxError) in
                memory = try ChainMemory(workspace)
                // A fold may have gone on since.
                try memory.note(sound.filter { Self.isNew([$0.key: $0.value], to: memory) })
            }
        }
        return report
    }

    private static func isNew(_ seen: [ReplicaID: ChainMemory.Sighting], to memory: ChainMemory) -> Bool {
        seen.contains { replica, sighting in (memory.sightings[replica]?.sequence ?? 0) < sighting.sequence }
    }
}
