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
              amx install --bundle support.kcbundle
            """)

    @Argument(
        help: ArgumentHelp(
            "Capsules to require, with a constraint after @, or .kc files.", valueName: "id[@constraint]|file"))
    var requirements: [String] = []
    @Flag(help: "Fail, with exit status 5, where amx.lock does not fit.") var frozen = false
    @Option(help: ArgumentHelp("Install what a bundle holds, from it alone.", valueName: "file")) var bundle: String?
    @Flag(help: "With --bundle, fail unless an allowed key has signed it.") var requireSigned = false
    @OptionGroup var options: InstallationOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if frozen, !requirements.isEmpty {
            throw ValidationError("--frozen takes no capsules: it changes no requirement")
        }
        if bundle != nil, frozen || !requirements.isEmpty {
            throw ValidationError(
                "--bundle takes no capsules and no --frozen: it installs exactly what the bundle's lock says")
        }
        if requireSigned, bundle == nil { throw ValidationError("--require-signed is about a bundle: give --bundle") }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        if let bundle { return try install(bundle, in: place.workspace, output) }
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

    /// Installs from a bundle, which is held against all that it must be before anything else happens.
    private func install(_ file: String, in workspace: Workspace, _ output: Output) throws {
        try FileArgument.bundle.check(file, to: "install")
        let reader = try BundleReader(file)
        let verdict = reader.verdict(by: try Workspace.allowedSigners(workspace))
        let problems = [reader.problem(with: verdict, isRequired: requireSigned)].compactMap(\.self)
        try BundleProblems.check(problems, "cannot install \(file)")
        let folder = try workspace.makeBundleFolder()
        defer { workspace.removeBundleFolder(folder) }
        let store = try BundleStore(reader, in: folder)
        let run = InstallationRun(workspace: workspace, options: options, output: output)
        let outcome = try run.install(store, named: file, isTrusted: verdict.isChosen)
        let report = InstallationReport(outcome: outcome, isDryRun: options.isDryRun)
        try output.confirm(json: report.json) { style in
            report.text(style, upToDate: "Everything that the bundle has is here")
        }
    }
}
