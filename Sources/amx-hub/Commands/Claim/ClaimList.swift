import ArgumentParser
import Capsules
import Foundation
import HubServer

/// `amx-hub claim list`.
struct ClaimList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the claimed ids with their owners and forks.",
        discussion: """
            Ids that several owners have released and nobody has claimed come last: `amx-hub claim move` decides.

            Example:
              amx-hub claim list --data /srv/amx
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        struct Entry: Encodable {
            let claim: ClaimRecord
            let forks: [String]

            func encode(to encoder: any Encoder) throws {
                try claim.encode(to: encoder)
                var fields = encoder.container(keyedBy: CodingKeys.self)
                try fields.encode(forks, forKey: .forks)
            }

            private enum CodingKeys: CodingKey { case forks }
        }
        struct Open: Encodable {
            let id: String
            let owners: [String]
        }
        let claims: [Entry]
        let unclaimed: [Open]
    }

    func run() async throws {
        let directory = try data.directory()
        let listing = try await data.withAccounts { try ClaimListing(directory, $0) }
        if json.isOn {
            let claims = listing.entries.map {
                Result.Entry(claim: ClaimRecord($0.claim), forks: $0.forks.map(\.string))
            }
            let open = listing.open.map { Result.Open(id: $0.id.string, owners: $0.owners.map(\.string)) }
            try Terminal.printJSON(Result(claims: claims, unclaimed: open))
            return
        }
        var table = Table("ID", "OWNER", "CLAIMED", "FORKS")
        for entry in listing.entries {
            table.add(
                entry.claim.id.string, entry.claim.owner.string,
                entry.claim.time.formatted(.iso8601.year().month().day()),
                entry.forks.isEmpty ? "-" : entry.forks.map(\.string).joined(separator: ","))
        }
        for open in listing.open {
            table.add(open.id.string, "-", "-", open.owners.map(\.string).joined(separator: ","))
        }
        Terminal.printLine(table.text)
    }
}
