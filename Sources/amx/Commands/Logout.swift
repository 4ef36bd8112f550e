import ArgumentParser
import Capsules
import HubClient
import Objects

/// `amx logout`.
struct Logout: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Forget the token of a hub or git server.",
        discussion: """
            Example:
              amx logout https://hub.example
            """)

    @Argument(help: "The hub's address.") var url: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let address = try WebAddress(parsing: url)
        let removed = try CredentialStore { Environment[$0] }.erase(address.origin, path: address.path)
        try output.confirm(
            json: [
                "origin": .string(address.origin.description), "address": .string(address.text),
                "removed": .bool(removed),
            ]
        ) { _ in removed ? "Removed the token of \(address)" : "There was no token of \(address)" }
    }
}
