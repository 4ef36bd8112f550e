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
    @OptionGroup var options: MergeOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard options.abort == (branch == nil) else {
            throw ValidationError(
                options.abort
                    ? "Unexpected argument '\(branch ?? "")'" : "Expected a branch: amx workspace merge BRANCH")
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
            return try Merge.showAborted(state, of: files, output, and: [("capsules", []), ("removed", [])])
        }
        let identity = try options.identity(of: workspace)
        let result = try workspace.write { () throws(AmxError) in
            try workspace.mergeFiles(
                branch, message: options.message, identity: identity, commits: !options.leavesUncommitted,
                isFastForwardOnly: options.fastForwardOnly)
        }
        try Merge.show(
            result.outcome, from: result.old, of: files, branch, output,
            and: [
                ("capsules", .array(result.capsules.map(\.json))),
                ("removed", .strings(result.departed.map(\.string))),
            ], lines: result.capsules.map(\.line) + result.departed.map(MovedCapsule.departureLine))
    }
}
