import ArgumentParser

/// `amx-hub claim`: which owner an id by itself means.
struct ClaimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "List and move the claims of capsules' ids.",
        discussion: """
            The owner whose release of an id comes first has claimed it: the id by itself means that owner's capsule, and the \
            same id of another owner is a fork.

            Example:
              amx-hub claim list --data /srv/amx
            """,
        subcommands: [ClaimList.self, ClaimMove.self])
}
