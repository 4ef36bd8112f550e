import ArgumentParser
import Capsules
import HubServer

/// `amx-hub token revoke`.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a token; it stops working at once.",
        discussion: """
            Example:
              amx-hub token revoke 3f9a1c22d0 --data /srv/amx
            """)

    @Argument(help: "The token's id, as `amx-hub token list` shows it.") var id: String
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    func run() async throws {
        let token = try await data.withAccounts { try await $0.revokeToken(id) }
        if json.isOn {
            try Terminal.printJSON(TokenRecord(token))
        } else {
            Terminal.printLine("Revoked the token \(token.id) of \(token.owner.string).")
        }
    }
}
