import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx fsck`.
struct Fsck: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Check every object, reference and .kc file for damage, and say how to repair it.",
        discussion: """
            Reads all packs, indexes and objects and hashes them anew; follows all references; checks tree rules, digests, releases, \
            lock files and what killed commands have left. Changes nothing. Without capsules: all of them, and the workspace itself. \
            Exit status 5 when anything is wrong.

            Example:
              amx fsck
              amx fsck customer-service --json
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all, and the workspace.", valueName: "id")) var ids: [String] =
        []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place(settling: false)
        let chosen = ids.isEmpty ? nil : try place.ids(ids)
        let display = output.progress()
        let report = try WorkspaceFsck(place.workspace).run(chosen) { subject, objects in
            display.update("checking \(subject): \(objects) objects")
        }
        display.finish()
        let findings = report.findings
        try output.show(json: json(report)) { style in
            var lines = findings.map { subject, finding in
                let problem = Style.visible("\(finding.place): \(finding.problem)")
                return "\(style.red(finding.kind.rawValue))  \(subject)  \(problem)\n  \(Style.visible(finding.hint))"
            }
            if findings.isEmpty {
                let count = report.repositories
                let files = report.files == 0 ? "" : ", \(report.files) packed"
                lines.append(
                    "\(count) \(count == 1 ? "repository" : "repositories")\(files), \(report.objects) objects: sound")
            }
            return lines.joined(separator: "\n")
        }
        guard let first = findings.first else { return }
        let others = findings.count > 1 ? ", and \(findings.count - 1) more" : ""
        throw AmxError(
            .verification, "\(first.subject) is not sound: \(first.finding.place): \(first.finding.problem)\(others)",
            hint: first.finding.hint)
    }

    private func json(_ report: WorkspaceFsck.Report) -> JSONValue {
        let findings = report.findings.map { subject, finding -> JSONValue in
            [
                "subject": .string(subject), "kind": .string(finding.kind.rawValue), "place": .string(finding.place),
                "problem": .string(finding.problem), "hint": .string(finding.hint),
            ]
        }
        return [
            "repositories": .integer(Int64(report.repositories)), "objects": .integer(Int64(report.objects)),
            "files": .integer(Int64(report.files)), "findings": .array(findings),
        ]
    }
}
