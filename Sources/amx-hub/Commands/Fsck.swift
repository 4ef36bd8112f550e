import ArgumentParser
import HubServer
import Objects

/// `amx-hub fsck`.
struct Fsck: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check accounts, settings and every repository for damage, and say how to repair it.",
        discussion: """
            Reads all packs, indexes and objects and hashes them anew; follows all references; checks tree rules, digests, \
            releases, which references a hub has, lock files and what killed processes have left; checks the accounts and the \
            layout of the data directory. Changes nothing; a hub may serve meanwhile. With owners or addresses: only their \
            repositories. Exit status 5 when anything is wrong.

            Example:
              amx-hub fsck --data /srv/amx
              amx-hub fsck --data /srv/amx acme/customer-service --json
            """)

    @Argument(
        help: ArgumentHelp("Owners, or addresses such as acme/demo; by default everything.", valueName: "address"))
    var addresses: [String] = []
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        struct Finding: Encodable {
            let subject: String
            let kind: String
            let place: String
            let problem: String
            let hint: String
        }
        let repositories: Int
        let objects: Int
        let notes: [String]
        let findings: [Finding]
    }

    func run() throws {
        let directory = try data.directory()
        let display = ProgressLine()
        let report = try HubFsck(directory).run(addresses) { address, objects in
            display.update("checking \(address): \(objects) objects")
        }
        display.finish()
        if json.isOn {
            let findings = report.findings.map { subject, finding in
                Result.Finding(
                    subject: subject, kind: finding.kind.rawValue, place: finding.place, problem: finding.problem,
                    hint: finding.hint)
            }
            try Terminal.printJSON(
                Result(
                    repositories: report.repositories, objects: report.objects, notes: report.notes, findings: findings)
            )
        } else {
            for note in report.notes { Terminal.printLine("note  \(note)") }
            for (subject, finding) in report.findings {
                Terminal.printLine("\(finding.kind.rawValue)  \(subject)  \(finding.place): \(finding.problem)")
                Terminal.printLine("  \(finding.hint)")
            }
            if report.findings.isEmpty {
                let count = report.repositories
                Terminal.printLine(
                    "\(count) \(count == 1 ? "repository" : "repositories"), \(report.objects) objects: sound")
            }
        }
        guard let first = report.findings.first else { return }
        let others = report.findings.count > 1 ? ", and \(report.findings.count - 1) more" : ""
        throw AmxError(
            .verification,
            "\(first.subject) is not sound: \(first.finding.place): \(first.finding.problem)\(others)",
            hint: first.finding.hint)
    }
}
