import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx stash pop`.
struct StashPop: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "pop", abstract: "Bring back what was put aside.",
        usage: "amx stash pop [<id>] [<number>]",
        discussion: """
            Without a number, the newest stash. It comes back whole or not at all: refused, with exit status 6, when a file that it \
            changed has been changed otherwise since. Then it goes from the list.

            Example:
              amx stash pop customer-service
            """)

    @Argument(help: ArgumentHelp("The capsule, and the stash's number.", valueName: "id> <number"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        let (id, number) = try place.stash(arguments)
        let capsule = place.workspace.capsule(id)
        let stash = try place.workspace.write { () throws(AmxError) in try capsule.popStash(number) }
        try output.confirm(json: ["id": .string(id.string), "stash": stash.json]) { _ in
            "Brought \(stash.changes.counted) of \(id) back from stash \(stash.number)"
        }
    }
}
