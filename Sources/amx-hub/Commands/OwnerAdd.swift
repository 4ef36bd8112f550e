import ArgumentParser
import Capsules
import HubServer

/// `amx-hub owner add`.
struct OwnerAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an owner.",
        discussion: """
            Example:
              amx-hub owner add globex --data /srv/amx
            """)

    @Argument(help: "The name: lower-case letters, digits and inner hyphens.") var name: String
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let owner: String
    }

    func run() async throws {
        let owner = try OwnerName(name)
        try await data.withAccounts { try await $0.addOwner(owner) }
        if json.isOn {
            try Terminal.printJSON(Result(owner: owner.string))
        } else {
            Terminal.printLine("Added the owner \(owner.string).")
        }
    }
}
