import ArgumentParser
import Capsules
import Foundation
import HubServer
import Objects

/// `amx-hub token create`.
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token for an owner, and print it once.",
        discussion: """
            write includes read, and admin includes both.

            Example:
              amx-hub token create --owner acme --rights read,write --expires 90d --data /srv/amx
            """)

    @Option(help: "The owner in whose name the token acts.") var owner: String
    @Option(help: "One or more of read, write and admin, separated by commas.") var rights: String
    @Option(help: "How long it works, such as 12h, 90d or 1y; by default until it is revoked.") var expires: String?
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    func run() async throws {
        let owner = try OwnerName(owner)
        let rights = try AccessRights(parsing: rights)
        let expires = try expires.map { try TokenLifetime(parsing: $0).end(from: Date()) }
        let (token, secret) = try await data.withAccounts {
            try await $0.createToken(owner: owner, rights: rights, expires: expires)
        }
        if json.isOn {
            try Terminal.printJSON(TokenRecord(token, secret: secret))
        } else {
            Terminal.printLine(
                "Token \(token.id) of \(owner.string) (\(rights.names.joined(separator: ", "))), shown only now:")
            Terminal.printLine(secret.text)
        }
    }
}
