import ArgumentParser

/// `amx-hub token`: what clients authenticate with.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Create, list and revoke tokens.",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}
