import ArgumentParser
import HubServer
import Objects

/// `amx-hub fsck`.
struct Fsck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the accounts and every repository; exit 5 when something is damaged.",
        discussion: """
            Reads every object of every repository and compares it with its id. Nothing is changed; a serving hub may go on.

            Example:
              amx-hub fsck --data /srv/amx
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        struct Entry: Encodable {
            let subject: String
            let problem: String
            let repair: String
        }
        let repositories: Int
        let objects: Int
        let problems: [Entry]
    }

    func run() async throws {
        let directory = try data.directory()
        let report = try await HubCheck(directory).run()
        if json.isOn {
            try Terminal.printJSON(
                Result(
                    repositories: report.repositories, objects: report.objects,
                    problems: report.problems.map {
                        Result.Entry(subject: $0.subject, problem: $0.problem, repair: $0.repair)
                    }))
        } else {
            for problem in report.problems {
                Terminal.printLine("\(problem.subject): \(problem.problem)")
                Terminal.printLine("  repair: \(problem.repair)")
            }
            Terminal.printLine(
                "Checked the accounts and \(report.repositories) repositories with \(report.objects) objects.")
        }
        guard report.problems.isEmpty else {
            throw AmxError(
                .verification, "the hub's data is damaged: \(report.problems.count) problems were found",
                hint: "each problem is listed with its repair; keep a copy of the data directory before you begin")
        }
    }
}
