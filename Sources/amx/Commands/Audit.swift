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
            signatures, and that no chain was replaced since it was last seen here; then the journal. Exit status 5 when anything is \
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
            hint:
                "look at the commit with git in .aimatrix/workspace.git, and compare it with another copy of the workspace"
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
            "findings": .array(findings),
        ]
    }
}
