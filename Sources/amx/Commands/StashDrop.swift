import ArgumentParser
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

    @OptionGroup var choice: StashChoice
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        try choice.run(output) { (capsule, number) throws(AmxError) in
            try capsule.dropStash(number)
        } done: { id, stash in
            "Forgot stash \(stash.number) of \(id); it was \(stash.id.abbreviated)"
        }
    }
}
