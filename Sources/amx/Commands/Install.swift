import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx install`.
struct Install: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Bring what amx.json and the capsules here require.",
        discussion: """
            Versions are chosen so that all requirements hold, those of amx.lock first. With capsules named, each is required from \
            then on, as `amx add` does; a .kc file is installed as the capsule that it holds. Everything is fetched and checked before anything changes; a failure leaves all \
            as it was.

            Example:
              amx install
              amx install product-catalog@^1.0.0
              amx install ../product-catalog.kc
              amx install --frozen
            """)

    @Argument(
        help: ArgumentHelp(
            "Capsules to require, with a constraint after @, or .kc files.", valueName: "id[@constraint]|file"))
    var requirements: [String] = []
    @Flag(help: "Fail, with exit status 5, where amx.lock does not fit.") var frozen = false
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if frozen, !requirements.isEmpty {
            throw ValidationError("--frozen takes no capsules: it changes no requirement")
        }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        let wanted = try requirements.filter { !WantedFile.isNamed($0) }
            .map { (text) throws(AmxError) in try WantedCapsule(text) }
        let files = try WantedFiles(requirements, in: place.workspace)
        var run = InstallationRun(workspace: place.workspace, options: options, output: output)
        run.isFrozen = frozen
        run.approvesWaiting = true
        let outcome = try files.carry {
            requirements.isEmpty
                ? try run.run(.install, [])
                : try run.run(.install, requirements) { manifest, places in
                    try files.add(.required, to: &manifest)
                    for item in wanted {
                        try item.add(.required, remote: nil, to: &manifest, of: place.workspace, places)
                    }
                }
        }
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try files.show(report, in: place.workspace, output)
    }
}
