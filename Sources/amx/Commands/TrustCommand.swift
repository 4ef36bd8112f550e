import ArgumentParser

/// `amx trust`: whose signatures count.
struct TrustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Say whose signatures count.",
        discussion: """
            docs/security.md has the whole story.

            Example:
              amx trust add ada@example.com ada.pub
              amx trust list
            """,
        subcommands: [TrustAdd.self, TrustList.self, TrustRemove.self], defaultSubcommand: TrustList.self)

    @OptionGroup var global: GlobalOptions
}
