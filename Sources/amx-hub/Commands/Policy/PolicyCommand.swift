import ArgumentParser

/// `amx-hub policy`: which references must be signed, and by whom.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Say which references must be signed, and by whom.",
        discussion: """
            Rules are for the whole hub, for one owner, or for one repository; those that concern a repository add up. A change \
            holds from the next push on. docs/security.md has the whole story.

            Example:
              amx-hub policy add 'refs/tags/v*' --owner acme --data /srv/amx
              amx-hub policy trust ada@example.com ada.pub --owner acme --data /srv/amx
            """,
        subcommands: [
            PolicyList.self, PolicyAdd.self, PolicyRemove.self, PolicyTrust.self, PolicyDistrust.self,
            PolicyRevoke.self,
        ], defaultSubcommand: PolicyList.self)
}
