import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx stash drop`.
struct StashDrop: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Forget what was put aside.",
        usage: "amx stash drop [<id>] [<number>]",
        discussion: """
            Without a number, the newest stash. Its commit stays in the store without a name, and can still be shown by its id.

            Example:
              amx stash drop customer-service 2
            """)

    @Argument(help: ArgumentHelp("The capsule, and the stash's number.", valueName: "id> <number"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let (id, number) = try place.stash(arguments)
        let capsule = place.workspace.capsule(id)
        let stash = try place.workspace.write { () throws(AmxError) in try capsule.dropStash(number) }
        try output.confirm(json: ["id": .string(id.string), "stash": stash.json]) { _ in
            "Forgot stash \(stash.number) of \(id); it was \(stash.id.abbreviated)"
        }
    }
}
