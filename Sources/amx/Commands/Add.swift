import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx add`.
struct Add: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Require capsules in amx.json, and install them.",
        usage: "amx add <id[@constraint]|file> ... [--dev | --peer | --optional] [--remote <remote>]",
        discussion: """
            Without a constraint, the highest release and what is compatible with it. The requirement names the remote that it was found \
            at, if there are several: no other place will ever answer it.

            Example:
              amx add product-catalog
              amx add acme/product-catalog@^1.2.0 --optional
            """)

    @Argument(
        help: ArgumentHelp(
            "Capsules to require, with a constraint after @, or .kc files.", valueName: "id[@constraint]|file"))
    var requirements: [String]
    @Flag(name: .customLong("dev"), help: "Only for working on this workspace.") var isDevelopment = false
    @Flag(name: .customLong("peer"), help: "As what is shared with others that require the same.") var isPeer = false
    @Flag(name: .customLong("optional"), help: "Only if everything else allows it.") var isOptional = false
    @Option(help: ArgumentHelp("The remote that alone may answer.", valueName: "remote")) var remote: String?
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if [isDevelopment, isPeer, isOptional].filter({ $0 }).count > 1 {
            throw ValidationError("--dev, --peer and --optional exclude each other")
        }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        let kind: Dependency.Kind =
            isDevelopment ? .development : isPeer ? .peer : isOptional ? .optional : .required
        let wanted = try requirements.filter { !WantedFile.isNamed($0) }
            .map { (text) throws(AmxError) in try WantedCapsule(text) }
        let files = try WantedFiles(requirements, in: place.workspace)
        let run = InstallationRun(workspace: place.workspace, options: options, output: output)
        let outcome = try files.carry {
            try run.run(.add, requirements) { manifest, places in
                try files.add(kind, to: &manifest)
                for item in wanted { try item.add(kind, remote: remote, to: &manifest, of: place.workspace, places) }
            }
        }
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try files.show(report, in: place.workspace, output)
    }
}
