import ArgumentParser
import Capsules
import Foundation
import HubServer

/// `amx-hub owner list`.
struct OwnerList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the owners.",
        discussion: """
            Example:
              amx-hub owner list --data /srv/amx
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        struct Entry: Encodable {
            let name: String
            let created: Date
        }
        let owners: [Entry]
    }

    func run() async throws {
        let owners = try await data.withAccounts { try await $0.owners() }
        if json.isOn {
            let entries = owners.map { Result.Entry(name: $0.name.string, created: $0.created) }
            try Terminal.printJSON(Result(owners: entries))
        } else {
            for owner in owners { Terminal.printLine(owner.name.string) }
        }
    }
}
