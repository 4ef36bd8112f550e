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
            and that no chain was replaced since it was last seen here; then the journal. Exit status 5 when anything is wrong.

            Example:
              amx audit
              amx audit --json
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let report = try EventAudit(Place(settling: false).workspace).run()
        let findings = report.findings
        try output.show(json: json(report)) { style in
            var lines = findings.map { finding in
                "\(style.red(finding.kind.rawValue))  \(Style.visible("\(Self.place(finding)): \(finding.problem)"))"
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

    private static func place(_ finding: AuditFinding) -> String {
        let parts = [
            finding.replica.map { finding.kind == .journal ? "journal" : "chain \($0.string.prefix(8))" } ?? "journal",
            finding.commit.map { "commit \($0.abbreviated)" } ?? "", finding.place,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private func json(_ report: EventAudit.Report) -> JSONValue {
        let findings = report.findings.map { finding -> JSONValue in
            [
                "kind": .string(finding.kind.rawValue), "replica": .optional(finding.replica?.string),
                "commit": .optional(finding.commit?.hex), "place": .string(finding.place),
                "problem": .string(finding.problem),
            ]
        }
        return [
            "chains": .integer(Int64(report.chains)), "commits": .integer(Int64(report.commits)),
            "events": .integer(Int64(report.events)), "findings": .array(findings),
        ]
    }
}
