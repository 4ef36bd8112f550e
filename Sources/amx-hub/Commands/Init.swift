import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub init`: a data directory with its first owner and admin token.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data directory with a first owner, and print an admin token once.",
        discussion: """
            The token is shown only now: the hub keeps its hash. A directory that is in use already is left alone (exit 6).

            Example:
              amx-hub init --data /srv/amx --owner acme
            """)

    @OptionGroup var data: DataOption
    @Option(help: "The first owner: a user or organisation.") var owner: String
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let owner: String
        let token: String
    }

    func run() async throws {
        let owner = try OwnerName(owner)
        let path = try data.resolved()
        let secret = try await DataDirectory.create(at: path) { directory in
            let accounts = try AccountDatabase(directory)
            try await accounts.addOwner(owner)
            let (_, secret) = try await accounts.createToken(owner: owner, rights: .all, expires: nil)
            try accounts.close()
            return secret
        }
        if json.isOn {
            try Terminal.printJSON(Result(owner: owner.string, token: secret.text))
        } else {
            Terminal.printLine("Initialised the hub in \(path).")
            Terminal.printLine("Admin token of \(owner.string), shown only now: \(secret.text)")
            Terminal.printLine("Start it with `amx-hub serve --data \(path)`.")
        }
    }
}
