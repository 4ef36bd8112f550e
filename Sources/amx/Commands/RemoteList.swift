import ArgumentParser
import Capsules
import Workspaces

/// `amx remote list`.
struct RemoteList: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the remotes.",
        discussion: """
            Example:
              amx remote list
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let remotes = try Place().workspace.remotes()
        try output.show(json: Remote.json(remotes)) { style in
            var table = Table()
            for remote in remotes { table.add(style.bold(remote.name), remote.url) }
            return table.text()
        }
    }
}
