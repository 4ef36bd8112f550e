import ArgumentParser
import Capsules
import Foundation
import HubServer

/// `amx-hub token list`.
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens, without their secrets.",
        discussion: """
            Example:
              amx-hub token list --data /srv/amx
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let tokens: [TokenRecord]
    }

    func run() async throws {
        let tokens = try await data.withAccounts { try await $0.tokens() }
        if json.isOn {
            try Terminal.printJSON(Result(tokens: tokens.map { TokenRecord($0) }))
            return
        }
        var table = Table("ID", "OWNER", "RIGHTS", "CREATED", "EXPIRES", "LAST USED", "STATE")
        let now = Date()
        for token in tokens {
            let state = token.revoked != nil ? "revoked" : token.isValid(at: now) ? "valid" : "expired"
            table.add(
                token.id, token.owner.string, token.rights.names.joined(separator: ","), Self.day(token.created),
                Self.day(token.expires), Self.day(token.lastUsed), state)
        }
        Terminal.printLine(table.text)
    }

    private static func day(_ date: Date?) -> String {
        date?.formatted(.iso8601.year().month().day()) ?? "-"
    }
}
