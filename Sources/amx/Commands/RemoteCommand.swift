import ArgumentParser

/// `amx remote`: names for hubs and other stores.
struct RemoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote", abstract: "Name the places that capsules are pushed to and pulled from.",
        discussion: """
            Example:
              amx remote add origin https://hub.example/acme
              amx remote
              amx remote show origin
            """,
        subcommands: [
            RemoteAdd.self, RemoteList.self, RemoteShow.self, RemoteSetURL.self, RemoteRename.self, RemoteRemove.self,
        ], defaultSubcommand: RemoteList.self)

    @OptionGroup var global: GlobalOptions
}
