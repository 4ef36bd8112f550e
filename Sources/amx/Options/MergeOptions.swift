import ArgumentParser
import Capsules
import Objects
import Workspaces

/// How `amx merge` and `amx workspace merge` bring a branch in.
struct MergeOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The message of the merge's commit.") var message: String?
    @Flag(name: .customLong("ff-only"), help: "Refuse anything but moving forward.")
    var fastForwardOnly = false
    @Flag(name: .customLong("no-commit"), help: "Leave the result in the working form.")
    var leavesUncommitted = false
    @Flag(help: "Go back to before the merge that has not ended.") var abort = false
    @OptionGroup var signing: SigningOptions

    func validate() throws {
        if let message, message.allSatisfy(\.isWhitespace) {
            throw ValidationError("The message is empty")
        }
    }

    /// The author of the merge's commit, who signs it when that is asked for.
    func identity(of workspace: Workspace) throws(AmxError) -> Identity {
        try signing.identity(of: workspace) { (settings) throws(AmxError) in try settings.signsCommits() }
    }
}
