import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx rollback`.
struct Rollback: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Bring an installed capsule back to an earlier version.",
        discussion: """
            Without a version, the one before the last change. amx.json stays as it is, and must allow the version; others move only \
            where they have to.

            Example:
              amx rollback product-catalog
              amx rollback product-catalog 1.2.0
            """)

    @Argument(help: "The capsule.") var id: String
    @Argument(help: "The version.") var version: String?
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let workspace = place.workspace
        let id = try CapsuleID(id)
        guard let entry = try workspace.lock()?[id], case .tag = entry.line else {
            try workspace.checkTransition(.rollBack, of: id)
            throw AmxError(
                .notFound, "\(id) is not installed here",
                hint: NearNames.hint(for: id.string, among: try workspace.lock()?.capsules.map(\.id.string) ?? [])
                    ?? "`amx tree` shows what is")
        }
        let wanted = try target(id, entry, in: workspace)
        var run = InstallationRun(workspace: workspace, options: options, output: output)
        run.wanted = [id: wanted]
        run.isRollback = true
        let outcome = try run.run(.rollback, [id.string, wanted.text])
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) { report.text($0, upToDate: "\(id) is at \(wanted) already") }
    }

    private func target(
        _ id: CapsuleID, _ entry: LockedCapsule, in workspace: Workspace
    ) throws(AmxError) -> SemanticVersion {
        if let version {
            if let parsed = SemanticVersion(version) { return parsed }
            throw AmxError(.usage, "'\(version)' is not a version", hint: "such as 1.2.0")
        }
        for item in try OperationLog(workspace).list() {
            guard let change = item.operation.changes.first(where: { $0.capsule == id }),
                let before = change.before.entry, before.version != entry.version
            else { continue }
            return before.version
        }
        throw AmxError(
            .notFound, "\(id) has had no other version here", hint: "name one: `amx rollback \(id) VERSION`")
    }
}
