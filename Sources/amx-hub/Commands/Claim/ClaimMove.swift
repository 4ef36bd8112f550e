import ArgumentParser
import Capsules
import Foundation
import HubServer

/// `amx-hub claim move`.
struct ClaimMove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Give an id to another owner, who has released it.",
        discussion: """
            From the next request on, the id by itself means that owner's capsule. Who depends on the id gets its releases, so \
            make sure that they are meant. Workspaces that have locked the former owner's releases keep them.

            Example:
              amx-hub claim move customer-service globex --data /srv/amx
            """)

    @Argument(help: "The capsule's id.") var id: String
    @Argument(help: "The owner.") var owner: String
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let claim: ClaimRecord
        let former: String?

        func encode(to encoder: any Encoder) throws {
            try claim.encode(to: encoder)
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(former, forKey: .former)
        }

        private enum CodingKeys: CodingKey { case former }
    }

    func run() async throws {
        let (id, owner) = (try CapsuleID(id), try OwnerName(owner))
        let directory = try data.directory()
        let (claim, former) = try await data.withAccounts { try $0.move(id, to: owner, in: directory) }
        if json.isOn {
            try Terminal.printJSON(Result(claim: ClaimRecord(claim), former: former?.string))
        } else {
            let before = former.map { $0 == owner ? ", as before" : "; it was that of \($0)" } ?? ""
            Terminal.printLine("\(id) is the id of \(claim.address) now\(before).")
        }
    }
}
