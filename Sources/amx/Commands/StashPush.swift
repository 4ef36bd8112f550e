import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx stash push`.
struct StashPush: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Put a capsule's uncommitted changes aside.",
        discussion: """
            The working form becomes the content of its commit again; ignored files stay.

            Example:
              amx stash push customer-service -m "Half of the refund rules"
            """)

    @Argument(help: ArgumentHelp("The capsule.", valueName: "id")) var id: String?
    @Option(name: .shortAndLong, help: "What the changes are.") var message: String?
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let id = try place.id(id)
        let capsule = place.workspace.capsule(id)
        let stash = try place.workspace.write { () throws(AmxError) in try capsule.stash(message: message) }
        try output.confirm(json: ["id": .string(id.string), "stash": stash?.json ?? .null]) { _ in
            guard let stash else { return "\(id) has nothing to put aside" }
            return stash.announcement(id)
        }
    }
}
