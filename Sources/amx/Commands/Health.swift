import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx health`.
struct Health: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Check whether capsules are as they should be.",
        discussion: """
            Looks at their content, their dependencies and their size. A capsule is unhealthy when a critical check fails, with exit \
            status 5; degraded when another one does.

            Example:
              amx health
              amx health product-catalog --json
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all.", valueName: "id")) var ids: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let lock = try place.workspace.lock()
        let waiting = try lock.map { (lock) throws(AmxError) in
            try WaitingApprovals(lock, in: place.workspace).ids
        }
        let reports = try place.ids(ids).map { (id) throws(AmxError) -> HealthReport in
            let capsule = place.workspace.capsule(id)
            guard try capsule.form() != nil || lock?[id] != nil else { throw capsule.missing() }
            return capsule.health(lock: lock, waiting: waiting ?? [])
        }
        try output.show(json: ["capsules": .array(reports.map(\.json))]) { style in
            guard !reports.isEmpty else { return "No capsules here yet. Make one with `amx new ID`." }
            var table = Table()
            for report in reports {
                let verdict = report.verdict.rawValue
                let shown =
                    switch report.verdict {
                    case .healthy: style.green(verdict)
                    case .degraded: style.yellow(verdict)
                    case .unhealthy: style.red(verdict)
                    }
                var problems = report.checks.filter { $0.status == .failed }.map {
                    "\($0.name.rawValue): \($0.detail)"
                }
                if report.needsApproval {
                    problems.append("waits for an approval: `amx install` shows what is asked for")
                }
                table.add(style.bold(report.capsule.string), shown, problems.joined(separator: "; "))
            }
            return table.text()
        }
        if let report = reports.first(where: { $0.verdict == .unhealthy }) {
            throw AmxError(
                .verification, "\(report.capsule) is unhealthy",
                hint: "`amx install` brings what is missing, `amx verify` and `amx fsck` say what is damaged")
        }
    }
}
