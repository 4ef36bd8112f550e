import ArgumentParser

/// `amx-hub token`: what clients authenticate with.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Create, list and revoke tokens.",
        discussion: """
            Example:
              amx-hub token create --owner acme --rights read,write --data /srv/amx
            """,
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}
