import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx key show`.
struct KeyShow: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a public key, to give to those who shall trust it.",
        discussion: """
            Without an argument the key that signs. What is printed is what `amx trust add NAME` takes.

            Example:
              amx key show
              amx key show releases
            """)

    @Argument(help: ArgumentHelp("A name of `amx key new`, or a fingerprint.", valueName: "name|fingerprint"))
    var key: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let entry = try SigningKeys.find(key, (try? Place())?.workspace)
        guard let publicKey = entry.publicKey else {
            throw AmxError(
                .notFound, "the public key of \(entry.path ?? "the configured key") is not at hand",
                hint: "write it beside the private one: `ssh-keygen -y -f FILE > FILE.pub`")
        }
        try output.show(json: entry.json) { _ in publicKey.line }
    }
}
