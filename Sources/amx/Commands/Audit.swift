import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx audit`.
struct Audit: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verify every event that has been recorded, and every state that events led to.",
        discussion: """
            Reads the event chain of each copy of the workspace that is here from its first commit: sequences, events, states, digests, \
            signatures, and that no chain was replaced since it was last seen here; then the journal. Each chain is listed with where it \
            came from and who signed it: nothing but a signature proves whose it is. Exit status 5 when anything is \
            wrong, with --require-signed also when a batch is not signed by somebody who is trusted.

            Example:
              amx audit
              amx audit --json
            """)

    @Flag(help: "Fail unless an allowed key has signed every batch.") var requireSigned = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place(settling: false).workspace
        let report = try EventAudit(workspace).run(requiringSignatures: requireSigned)
        let findings = report.findings
        // Events are never kept waiting for a key: here it is told that one could not be used.
        let isWanted = (try? SigningSettings(workspace).signsEvents()) ?? false
        let obstacle = isWanted && report.isLastUnsigned ? BatchSigner.obstacle(in: workspace) : nil
        if let obstacle { try output.warn("events cannot be signed now: \(obstacle.message)", isInResult: true) }
        try output.show(json: json(report, isWanted, obstacle)) { style in
            var lines = findings.map { finding in
                "\(style.red(finding.kind.rawValue))  \(Style.visible("\(Self.place(finding)): \(finding.problem)"))"
            }
            if !report.replicas.isEmpty { lines.append(Self.table(of: report.replicas, style).text()) }
            let signed = report.commits - (report.signatures[.none] ?? 0)
            if signed > 0 || isWanted && report.commits > 0 {
                lines.append(
                    "\(signed) of \(report.commits) \(report.commits == 1 ? "batch is" : "batches are") signed")
            }
            if findings.isEmpty {
                lines.append(
                    "\(report.chains) \(report.chains == 1 ? "chain" : "chains"), "
                        + "\(report.events) \(report.events == 1 ? "event" : "events"): sound")
            }
            return lines.joined(separator: "\n")
        }
        guard let first = findings.first else { return }
        let others = findings.count > 1 ? ", and \(findings.count - 1) more" : ""
        throw AmxError(
            .verification, "the events are not sound: \(Self.place(first)): \(first.problem)\(others)",
            hint: report.loss?.error(in: workspace).hint
                ?? "look at the commit with git in .aimatrix/workspace.git, and compare it with another copy of the workspace"
        )
    }

    private static let states: [SignatureVerdict.State] = [.good, .untrusted, .bad, .none, .unsupported]

    private static func place(_ finding: AuditFinding) -> String {
        let parts = [
            finding.replica.map { finding.kind == .journal ? "journal" : "chain \($0.string.prefix(8))" } ?? "journal",
            finding.commit.map { "commit \($0.abbreviated)" } ?? "", finding.place,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private static func table(of chains: [ChainReport], _ style: Style) -> Table {
        var table = Table()
        for chain in chains {
            let name = String(chain.replica.string.prefix(8))
            table.add(
                style.yellow(chain.isSetAside ? "\(name) (set aside)" : name), Style.visible(origin(of: chain)),
                "\(chain.events) \(chain.events == 1 ? "event" : "events")", Style.visible(signers(of: chain)))
        }
        return table
    }

    private static func origin(of chain: ChainReport) -> String {
        switch chain.origin {
        case .own: "this copy"
        case .lost: "this copy, before it lost its id"
        case .remote(let arrival): "first from \(arrival.remote) (\(arrival.location)), \(arrival.time.text.prefix(10))"
        case .unknown: "from somewhere unknown"
        }
    }

    private static func signers(of chain: ChainReport) -> String {
        guard !chain.signers.isEmpty else { return "signed by nobody" }
        var parts = chain.signers.map { signer in
            let name = [signer.name, signer.key].compactMap { $0 }.joined(separator: " ")
            return
                "\(signer.commits) signed by \(name.isEmpty ? "a key that cannot be read" : name) (\(signer.state.rawValue))"
        }
        if chain.unsigned > 0 { parts.append("\(chain.unsigned) by nobody") }
        return parts.joined(separator: ", ")
    }

    private static func json(_ chain: ChainReport) -> JSONValue {
        let (origin, arrival): (String, ChainArrivals.Arrival?) =
            switch chain.origin {
            case .own: ("own", nil)
            case .lost: ("lost", nil)
            case .remote(let arrival): ("remote", arrival)
            case .unknown: ("unknown", nil)
            }
        return [
            "replica": .string(chain.replica.string), "origin": .string(origin),
            "remote": .optional(arrival?.remote), "location": .optional(arrival?.location),
            "firstSeen": .optional(arrival?.time.text), "setAside": .bool(chain.isSetAside),
            "commits": .count(chain.commits), "events": .count(chain.events), "lastSequence": .integer(chain.last),
            "signers": .array(
                chain.signers.map { signer in
                    [
                        "state": .string(signer.state.rawValue), "name": .optional(signer.name),
                        "key": .optional(signer.key), "commits": .count(signer.commits),
                    ]
                }), "unsigned": .count(chain.unsigned),
        ]
    }

    private func json(_ report: EventAudit.Report, _ isWanted: Bool, _ obstacle: AmxError?) -> JSONValue {
        let findings = report.findings.map { finding -> JSONValue in
            [
                "kind": .string(finding.kind.rawValue), "replica": .optional(finding.replica?.string),
                "commit": .optional(finding.commit?.hex), "place": .string(finding.place),
                "problem": .string(finding.problem),
            ]
        }
        return [
            "chains": .integer(Int64(report.chains)), "commits": .integer(Int64(report.commits)),
            "events": .integer(Int64(report.events)),
            "signatures": .object(
                JSONObject(Self.states.map { ($0.rawValue, .count(report.signatures[$0] ?? 0)) })),
            "signing": ["wanted": .bool(isWanted), "problem": .optional(obstacle?.message)],
            "replicas": .array(report.replicas.map(Self.json)), "findings": .array(findings),
        ]
    }
}
