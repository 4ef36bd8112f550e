import ArgumentParser
import Capsules
import Objects
import Workspaces

/// The capsule and the stash that `amx stash pop` and `amx stash drop` are about, and what both do with them.
struct StashChoice: ParsableArguments {
    @Argument(help: ArgumentHelp("The capsule, and the stash's number.", valueName: "id> <number"))
    var arguments: [String] = []

    /// Changes the capsule's stashes by `change`, which takes the number, if one is given, and returns the stash; then tells what
    /// was done.
    func run(
        _ output: Output,
        _ change: (WorkspaceCapsule, Int?) throws(AmxError) -> Workspaces.Stash,
        done: (CapsuleID, Workspaces.Stash) -> String
    ) throws {
        let place = try Place()
        let (id, number) = try place.stash(arguments)
        let capsule = place.workspace.capsule(id)
        let stash = try place.workspace.write { () throws(AmxError) in try change(capsule, number) }
        try output.confirm(json: ["id": .string(id.string), "stash": stash.json]) { _ in done(id, stash) }
    }
}
