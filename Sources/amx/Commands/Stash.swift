import ArgumentParser

/// `amx stash`: uncommitted changes put aside.
struct Stash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stash", abstract: "Put uncommitted changes aside, and bring them back.",
        usage: "amx stash [<id>] [-m <message>]\namx stash list | pop | drop ...",
        discussion: """
            Without a further word, the same as `amx stash push`. Stashes stay in this workspace: they are never pushed.

            Example:
              amx stash customer-service -m "Half of the refund rules"
              amx stash pop customer-service
            """,
        subcommands: [StashPush.self, StashList.self, StashPop.self, StashDrop.self], defaultSubcommand: StashPush.self)

    @OptionGroup var global: GlobalOptions
}
