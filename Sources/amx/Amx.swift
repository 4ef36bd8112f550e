import ArgumentParser
import Glibc
import Objects
import Workspaces

/// `amx`: the command line.
@main
struct Amx: ParsableCommand {
    /// The version that `--version` prints and servers are told.
    static let version = "0.1.0"
    /// The day of that version, which manual pages carry.
    static let date = "2026-11-21"

    static let configuration = CommandConfiguration(
        commandName: "amx",
        abstract: "Git for knowledge capsules.",
        discussion: """
            A capsule is a versioned package of knowledge and code for AI agents. A workspace is a directory with capsules.

            Examples:
              amx init && amx new customer-service
              amx commit -m "First draft" && amx release customer-service
              amx remote add origin https://hub.example/acme && amx push

            Exit status: 0 done, 1 error, 2 usage, 3 not found, 4 authentication, 5 verification failed, 6 conflict, \
            7 denied, 8 network, 130 interrupted.
            """,
        version: "amx \(version)",
        groupedSubcommands: [
            CommandGroup(name: "Start", subcommands: [Init.self, New.self, Import.self, Clone.self]),
            CommandGroup(
                name: "Work",
                subcommands: [
                    Status.self, Diff.self, Commit.self, Branch.self, Switch.self, Release.self, WorkspaceCommand.self,
                ]),
            CommandGroup(
                name: "Depend",
                subcommands: [
                    Add.self, Install.self, Update.self, Outdated.self, Tree.self, Why.self, Configure.self,
                    Remove.self,
                    Unremove.self, Rollback.self, Undo.self,
                ]),
            CommandGroup(
                name: "Run",
                subcommands: [
                    Run.self, Tools.self, Serve.self, TestCommand.self, Hook.self, Approve.self, Deny.self, ApprovalsCommand.self,
                    DoctorCommand.self,
                ]),
            CommandGroup(name: "Merge", subcommands: [Merge.self, Conflicts.self, Resolve.self]),
            CommandGroup(name: "Put aside", subcommands: [Discard.self, Stash.self]),
            CommandGroup(
                name: "Look",
                subcommands: [
                    Log.self, Show.self, Cat.self, Scan.self, Verify.self, Fsck.self, Health.self, Events.self,
                    Audit.self,
                ]),
            CommandGroup(name: "Forms", subcommands: [Pack.self, Edit.self, Unpack.self, BundleCommand.self]),
            CommandGroup(
                name: "Share",
                subcommands: [
                    RemoteCommand.self, Login.self, Logout.self, Push.self, Fetch.self, Pull.self, LsRemote.self,
                    Yank.self,
                ]),
            CommandGroup(name: "Trust", subcommands: [KeyCommand.self, TrustCommand.self, Sign.self]),
            CommandGroup(name: "Try", subcommands: [Demo.self]),
            CommandGroup(
                name: "Help", subcommands: [Config.self, Man.self, Completions.self, Complete.self, VerifyPush.self]),
        ])

    @OptionGroup var global: GlobalOptions

    /// Parses, runs, and turns whatever was thrown into an error report and the exit status of `docs/cli.md`.
    static func main() {
        let arguments = Push.readingLeases(in: Array(CommandLine.arguments.dropFirst()))
        var asJSON = arguments.prefix { $0 != "--" }.contains("--json")
        var shown: Output?
        do {
            let command: any AmxCommand
            if let plain = PlainCommandLine.command(arguments) {
                command = plain
            } else {
                var parsed = try parseAsRoot(arguments)
                guard let own = parsed as? any AmxCommand else {
                    try UsageAdvice.checkHelp(arguments)
                    return try parsed.run()
                }
                command = own
            }
            let options = command.global
            if let color = options.color { ColorChoice.use(color) }
            asJSON = options.asJSON
            try options.enterDirectory()
            let output = Output(options, pager: try configure(options, isLenient: command is Config))
            shown = output
            let result = Result { try command.run(output) }
            try Unfinished.tell(output)
            try output.finish()
            try result.get()
        } catch {
            if let color = ColorChoice(in: arguments) { ColorChoice.use(color) }
            let warnings = shown?.takeWarnings() ?? []
            Glibc.exit(ErrorReport.write(error, arguments: arguments, asJSON: asJSON, warnings: warnings))
        }
    }

    /// Makes the settings of the workspace here, if there is one, hold for this process, and returns the pager's command.
    ///
    /// A limit that is none is passed over when `isLenient`, so that it can be put right.
    private static func configure(_ options: GlobalOptions, isLenient: Bool) throws(AmxError) -> String? {
        let settings = try Settings(try? Workspace.discover(from: WorkingDirectory.path()))
        do throws(AmxError) {
            Limits.use(try settings.limits())
        } catch {
            if !isLenient { throw error }
        }
        if options.color == nil, Environment["NO_COLOR"] == nil,
            let choice = try settings.value(SettingKey("color.ui")).flatMap({ ColorChoice(rawValue: $0.value) })
        {
            ColorChoice.use(choice)
        }
        guard !options.noPager, StandardStream.output.isTerminal else { return nil }
        return Pager.command(configured: try settings.value(SettingKey("core.pager"))?.value)
    }
}
