import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx remove`.
struct Remove: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Stop requiring capsules, and remove what nothing asks for any more.",
        discussion: """
            Refused while another capsule requires one, or has in it the only provider of something. What was removed can be had back \
            with `amx unremove` until the grace period has passed.

            Example:
              amx remove product-catalog
            """)

    @Argument(help: "The capsules.") var ids: [String]
    @Flag(help: "Also if others need it.") var force = false
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let ids = try ids.map { (text) throws(AmxError) in try CapsuleID(text) }
        let run = InstallationRun(workspace: place.workspace, options: options, output: output)
        let outcome = try run.run(.remove, self.ids + (force ? ["--force"] : [])) { manifest, _ in
            for id in ids {
                guard manifest.remove(id) else {
                    throw AmxError(
                        .notFound, "\(id) is not required in \(WorkspaceManifest.fileName)",
                        hint: NearNames.hint(for: id.string, among: manifest.requirements.map(\.id.string))
                            ?? "`amx why \(id)` says who asks for it")
                }
            }
        }
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) {
            report.text($0, upToDate: "No longer required; it stays because others ask for it")
        }
    }
}
