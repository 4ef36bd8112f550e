import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx remove`.
struct Remove: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Stop requiring capsules, and remove what nothing asks for any more.",
        discussion: """
            Refused while another capsule requires one, or something that only one of them provides; with --force it goes all the \
            same, and the next `amx install` brings back what is required. What was removed can be had back with `amx unremove` until \
            the grace period has passed.

            Example:
              amx remove product-catalog
            """)

    @Argument(help: ArgumentHelp("The capsules.", valueName: "id")) var ids: [String]
    @Flag(help: "Also if others need it.") var force = false
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let ids = try ids.map { (text) throws(AmxError) in try CapsuleID(text) }
        let lock = try place.workspace.lock() ?? WorkspaceLock()
        var run = InstallationRun(workspace: place.workspace, options: options, output: output)
        run.removal = (Set(ids), force)
        let outcome = try run.run(.remove, self.ids + (force ? ["--force"] : [])) { manifest, _ in
            for id in ids {
                // What others require is no requirement of the workspace: whether it may go is looked at later.
                guard manifest.remove(id) || lock[id].map({ if case .tag = $0.line { true } else { false } }) ?? false
                else {
                    throw AmxError(
                        .notFound, "\(id) is not required in \(WorkspaceManifest.fileName)",
                        hint: NearNames.hint(for: id.string, among: manifest.requirements.map(\.id.string))
                            ?? "`amx why \(id)` says who asks for it")
                }
            }
        }
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) {
            report.text($0, upToDate: "No longer required")
        }
    }
}
