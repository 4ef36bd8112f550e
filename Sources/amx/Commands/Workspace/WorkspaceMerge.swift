import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace merge`.
struct WorkspaceMerge: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Bring another branch's changes into the workspace's current one.",
        usage:
            "amx workspace merge <branch> [-m <message>] [--ff-only] [--no-commit]\n       amx workspace merge --abort",
        discussion: """
            The files merge as those of a capsule; amx.lock by capsule: one that only the other side has moved goes where that side \
            has it, one that both have moved goes to the newer commit. Where neither commit holds the other, amx.lock is in conflict \
            until `amx merge ID COMMIT` brings both together, or a side is taken. What cannot be decided is listed, with exit \
            status 6: resolve it, then run `amx commit`.

            Example:
              amx workspace merge winter-campaign
              amx workspace merge --abort
            """)

    @Argument(help: ArgumentHelp("The branch, remote branch or commit.", valueName: "branch")) var branch: String?
    @Option(name: .shortAndLong, help: "The message of the merge's commit.") var message: String?
    @Flag(name: .customLong("ff-only"), help: "Refuse anything but moving forward.")
    var fastForwardOnly = false
    @Flag(name: .customLong("no-commit"), help: "Leave the result in the working form.")
    var leavesUncommitted = false
    @Flag(help: "Go back to before the merge that has not ended.") var abort = false
    @OptionGroup var signing: SigningOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard abort == (branch == nil) else {
            throw ValidationError(
                abort
                    ? "Unexpected argument '\(branch ?? "")'" : "Expected a branch: amx workspace merge BRANCH")
        }
        if let message, message.allSatisfy(\.isWhitespace) {
            throw ValidationError("The message is empty")
        }
    }

    func run(_ output: Output) throws {
        let workspace = try Place().workspace
        let files = try workspace.files()
        guard let branch else {
            let state = try workspace.write { () throws(AmxError) in
                let state = try files.abortMerge()
                try workspace.layOutFolders()
                return state
            }
            return try Merge.showAborted(state, of: files, output, and: [("capsules", [])])
        }
        let identity = try signing.identity(of: workspace) { (settings) throws(AmxError) in
            try settings.signsCommits()
        }
        let result = try workspace.write { () throws(AmxError) in
            try workspace.mergeFiles(
                branch, message: message, identity: identity, commits: !leavesUncommitted,
                isFastForwardOnly: fastForwardOnly)
        }
        try Merge.show(
            result.outcome, from: result.old, of: files, branch, output,
            and: [("capsules", .array(result.capsules.map(\.json)))], lines: result.capsules.map(\.line))
    }
}
