import ArgumentParser
import Capsules
import HubClient
import Objects
import Workspaces

/// `amx remote add`.
struct RemoteAdd: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a remote.",
        discussion: """
            The address is a hub's owner, another workspace's directory, or any git server's address that repository names are \
            put behind.

            Example:
              amx remote add origin https://hub.example/acme
              amx remote add colleague ../other-workspace
            """)

    @Argument(help: "A short name; origin is the default remote of push and pull.") var name: String
    @Argument(help: "The address.") var url: String
    @OptionGroup var settings: RemoteSettings
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        let address = try RemoteURL(parsing: url, relativeTo: WorkingDirectory.path())
        try workspace.write { () throws(AmxError) in
            try workspace.addRemote(settings.applied(to: Remote(name: name, url: address.text)))
        }
        try output.confirm(json: Remote.json(workspace.remotes())) { _ in "Added remote \(name): \(address)" }
    }
}
