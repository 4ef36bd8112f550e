import ArgumentParser
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

    @OptionGroup var choice: StashChoice
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        try choice.run(output) { (capsule, number) throws(AmxError) in
            try capsule.popStash(number)
        } done: { id, stash in
            "Brought \(stash.changes.counted) of \(id) back from stash \(stash.number)"
        }
    }
}
