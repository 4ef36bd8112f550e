import ArgumentParser
import Capsules
import HubClient
import Objects

/// `amx login`.
struct Login: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Store a token for a hub or git server.",
        discussion: """
            The token is taken from AMX_TOKEN, from standard input when that is no terminal, or from a prompt; never from the \
            command line. It is stored for the address's scheme, host and port, readable by you only, and sent nowhere else. A token \
            for an address with a path, such as an owner of a hub, is used for what lies there, before one for the whole hub.

            Example:
              amx login https://hub.example
              amx login https://hub.example/partner
            """)

    @Argument(help: "The hub's address.") var url: String
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let address = try WebAddress(parsing: url)
        let store = try CredentialStore { Environment[$0] }
        guard address.origin.maySendSecrets else {
            throw AmxError(
                .denied, "cannot store a token for \(address.origin): it would travel unencrypted", hint: "use https")
        }
        let token = try TokenInput.read(for: address.text)
        let credential =
            if let user = address.user { try Credential(user: user, token: token) } else {
                try Credential(token: token)
            }
        try store.store(credential, for: address.origin, path: address.path)
        try output.confirm(
            json: ["origin": .string(address.origin.description), "address": .string(address.text)]
        ) { _ in "Stored a token for \(address)" }
    }
}
