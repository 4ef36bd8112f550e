import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx remote rename`.
struct RemoteRename: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a remote another name.",
        discussion: """
            Its remote branches, its settings and the branches that follow it come along.

            Example:
              amx remote rename origin upstream
            """)

    @Argument(help: "The name that it has.") var old: String
    @Argument(help: "The name that it gets.") var new: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        try workspace.write { () throws(AmxError) in try workspace.renameRemote(old, to: new) }
        try output.confirm(json: Remote.json(workspace.remotes())) { _ in "Renamed remote \(old) to \(new)" }
    }
}
