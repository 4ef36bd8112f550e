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
        let origin = try WebAddress(parsing: url).origin
        let removed = try CredentialStore { Environment[$0] }.erase(origin)
        try output.confirm(json: ["origin": .string(origin.description), "removed": .bool(removed)]) { _ in
            removed ? "Removed the token of \(origin)" : "There was no token of \(origin)"
        }
    }
}
