import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx bundle create`.
struct BundleCreate: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a bundle of what amx.lock names.",
        usage: "amx bundle create [-o <file>] [--name <name>] [--sign | --no-sign] [--prerelease]",
        discussion: """
            amx.lock has to fit what is required, and everything that it names has to be here: else exit status 5. The same \
            amx.json and amx.lock make the same file.

            Example:
              amx bundle create -o support.kcbundle --sign
            """)

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "The file to write; by default NAME.\(BundleFormat.fileExtension).")
    var file: String?
    @Option(help: "The bundle's name; by default the workspace's.") var name: String?
    @Flag(help: "Take pre-releases, too.") var prerelease = false
    @OptionGroup var signing: SigningOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        try checkInstalled(workspace, output)
        guard let manifest = try workspace.manifest() else {
            throw AmxError(
                .notFound, "there is no \(WorkspaceManifest.fileName) in \(workspace.root)",
                hint: "`amx init` makes one")
        }
        let name = name ?? BundleMaker.name(for: manifest.name)
        var maker = BundleMaker(workspace)
        maker.takesPrereleases = prerelease
        if try signing.sign ?? SigningSettings(workspace).signsReleases() {
            maker.signer = try workspace.signer(hasTerminal: SigningOptions.hasTerminal)
        }
        let path = try Pack.checked(
            WorkingDirectory.absolute(file ?? "\(name).\(BundleFormat.fileExtension)"))
        let result = try maker.make(named: name, to: path)
        let fingerprint = try maker.signer?.key.publicKey()?.fingerprint
        try output.confirm(
            json: [
                "path": .string(result.path), "size": .count(result.size), "name": .string(name),
                "capsules": .array(result.bundle.capsules.map(\.json)), "key": .optional(fingerprint),
            ]
        ) { _ in
            let count = result.bundle.capsules.count
            return "Wrote \(WorkingDirectory.shown(result.path)) with \(count) \(count == 1 ? "capsule" : "capsules")"
                + " (\(result.size) bytes)\(maker.signer == nil ? "" : ", signed")"
        }
    }

    /// Throws, with `.verification`, unless the lock fits what is required and is here: what `amx install --frozen` finds without a look elsewhere.
    private func checkInstalled(_ workspace: Workspace, _ output: Output) throws {
        let options = try InstallationOptions.parse(["--dry-run", "--offline"])
        var run = InstallationRun(workspace: workspace, options: options, output: output)
        run.isFrozen = true
        let missing = try run.run(.install, []).plan?.steps ?? []
        guard let first = missing.first else { return }
        throw AmxError(
            .verification,
            "cannot make a bundle: \(first.id) \(first.release.version) of \(WorkspaceLock.fileName) is not here",
            hint: "`amx install --frozen` brings it")
    }
}
