import ArgumentParser

/// `amx bundle`: a workspace's installation in one file.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Put everything that amx.lock names into one file, to be installed offline.",
        usage: "amx bundle [-o <file>] [--name <name>] [--sign]\namx bundle show | verify <file>",
        discussion: """
            Without a further word, the same as `amx bundle create`. `amx install --bundle FILE` installs from one \
            (docs/bundles.md).

            Example:
              amx bundle -o support.kcbundle --sign
              amx bundle verify support.kcbundle
            """,
        subcommands: [BundleCreate.self, BundleShow.self, BundleVerify.self], defaultSubcommand: BundleCreate.self)

    @OptionGroup var global: GlobalOptions
}
