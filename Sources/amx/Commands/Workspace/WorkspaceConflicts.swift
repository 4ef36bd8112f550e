import ArgumentParser
import Workspaces

/// `amx workspace conflicts`.
struct WorkspaceConflicts: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "List what a merge of the workspace has left to decide.",
        discussion: """
            As `amx conflicts` does for a capsule. amx.lock is in the list while it names capsules of which neither side's commit holds \
            the other's.

            Example:
              amx workspace conflicts
            """)

    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws { try Conflicts.show(Place().workspace.files(), output) }
}
