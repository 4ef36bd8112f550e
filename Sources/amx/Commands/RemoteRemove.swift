import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx remote remove`.
struct RemoteRemove: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget a remote; what was fetched from it stays.",
        discussion: """
            Example:
              amx remote remove origin
            """)

    @Argument(help: "The remote's name.") var name: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        try workspace.write { () throws(AmxError) in try workspace.removeRemote(name) }
        try output.confirm(json: Remote.json(workspace.remotes())) { _ in "Removed remote \(name)" }
    }
}
