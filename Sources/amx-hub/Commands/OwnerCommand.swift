import ArgumentParser

/// `amx-hub owner`: users and organisations.
struct OwnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owner", abstract: "Add and list owners: users and organisations.",
        discussion: """
            Example:
              amx-hub owner add globex --data /srv/amx
            """,
        subcommands: [OwnerAdd.self, OwnerList.self])
}
