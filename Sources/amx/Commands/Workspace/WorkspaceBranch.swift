import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx workspace branch`.
struct WorkspaceBranch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "branch", abstract: "List the workspace's branches, make, rename or delete them.",
        usage: """
            amx workspace branch [<name> [<rev>]]
            amx workspace branch <branch> ... --delete [--force]
            amx workspace branch [<branch>] <name> --move
            """,
        discussion: """
            A new branch starts at a revision, by default the current branch's commit; the files stay as they are. --delete and \
            --move do as in amx branch.

            Example:
              amx workspace branch
              amx workspace branch winter-campaign main~1
              amx workspace branch --move winter-campaign winter
              amx workspace branch --delete winter
            """)

    @Argument(help: ArgumentHelp("The branch, and a revision.", valueName: "name")) var names: [String] = []
    @OptionGroup var options: BranchOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let files = try Place().workspace.files()
        try options.run(
            names, of: files, owner: "the workspace", member: ("workspace", .string(files.id.string)), output)
    }
}
