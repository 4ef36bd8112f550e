import ArgumentParser

/// `amx key`: the keys that sign.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make and show the keys that sign commits, releases and .kc files.",
        discussion: """
            Example:
              amx key new
              amx key show
            """,
        subcommands: [KeyNew.self, KeyList.self, KeyShow.self], defaultSubcommand: KeyList.self)

    @OptionGroup var global: GlobalOptions
}
