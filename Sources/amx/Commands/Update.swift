import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx update`.
struct Update: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Move installed capsules to the highest versions that are allowed.",
        discussion: """
            With capsules named, only those move, and others only where they have to; each that has to move is named with its \
            reason. amx.json stays as it is: raise a constraint with `amx add ID@CONSTRAINT`.

            Example:
              amx update
              amx update product-catalog --dry-run
            """)

    @Argument(help: ArgumentHelp("Capsules that may move; all without any.", valueName: "id")) var ids: [String] = []
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let lock = try place.workspace.lock() ?? WorkspaceLock()
        let names = try ids.map { (text) throws(AmxError) in
            let id = try CapsuleID(text)
            guard lock[id] != nil else {
                try place.workspace.checkTransition(.update, of: id)
                throw AmxError(
                    .notFound, "\(id) is not installed here",
                    hint: NearNames.hint(for: text, among: lock.capsules.map(\.id.string))
                        ?? "`amx add \(id)` requires and installs it")
            }
            return PackageName(id.string)
        }
        var run = InstallationRun(workspace: place.workspace, options: options, output: output)
        run.update = names.isEmpty ? .everything : .packages(Set(names))
        let outcome = try run.run(.update, ids)
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) {
            report.text($0, upToDate: "Everything is at the highest version that is allowed")
        }
    }
}
