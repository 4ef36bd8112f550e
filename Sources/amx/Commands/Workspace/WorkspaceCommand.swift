import ArgumentParser

/// `amx workspace`: the workspace's own files and their history.
struct WorkspaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace", abstract: "Look at the workspace itself, commit it, go to and merge its branches.",
        discussion: """
            What belongs to the workspace is everything outside .aimatrix/ and knowledge/capsules/: amx.json, amx.lock, agents, \
            workflows, models, volumes, libraries. `amx commit` without ids commits it after the capsules.

            Example:
              amx workspace status
              amx workspace log
            """,
        subcommands: [
            WorkspaceStatus.self, WorkspaceCommit.self, WorkspaceLog.self, WorkspaceShow.self, WorkspaceDiff.self,
            WorkspaceBranch.self, WorkspaceSwitch.self, WorkspaceMerge.self, WorkspaceConflicts.self,
            WorkspaceResolve.self, WorkspaceVerify.self,
        ], defaultSubcommand: WorkspaceStatus.self)

    @OptionGroup var global: GlobalOptions
}
