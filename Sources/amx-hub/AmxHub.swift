import ArgumentParser
import Glibc
import Objects

/// The hub's command line: administration and the serving process.
@main
struct AmxHub: AsyncParsableCommand {
    /// The version that `--version` prints and git is told.
    static let version = "0.1.0"
    /// The day of that version, which manual pages carry.
    static let date = "2026-11-21"

    static let configuration = CommandConfiguration(
        commandName: "amx-hub",
        abstract: "Serve capsules to teams: a git hub with accounts.",
        discussion: """
            Example:
              amx-hub init --data /srv/amx --owner acme
              amx-hub serve --data /srv/amx --listen 127.0.0.1:3003

            Exit status: 0 done, 1 error, 2 usage, 3 not found, 5 damage found, 6 conflict.
            """,
        version: "amx-hub \(version)",
        subcommands: [
            Init.self, OwnerCommand.self, TokenCommand.self, ClaimCommand.self, PolicyCommand.self, Serve.self,
            Fsck.self,
            Man.self, Completions.self,
        ])

    /// Parses, runs, and turns whatever was thrown into `error:` and `hint:` lines and the exit status of `docs/cli.md`.
    static func main() async {
        // What the hub writes is its user's alone.
        umask(0o077)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as AmxError {
            Terminal.printError(error, asJSON: arguments.contains("--json"))
            Glibc.exit(error.code.exitStatus)
        } catch {
            switch exitCode(for: error) {
            case .success:
                Terminal.printLine(fullMessage(for: error))
                Glibc.exit(0)
            case .validationFailure:
                Terminal.printUsageError(fullMessage(for: error), asJSON: arguments.contains("--json"))
                Glibc.exit(AmxError.Code.usage.exitStatus)
            default:
                Terminal.printError(
                    AmxError(
                        .failure, "amx-hub failed: \(error)",
                        hint: "look at the log, and report it with the command that you ran"),
                    asJSON: arguments.contains("--json"))
                Glibc.exit(AmxError.Code.failure.exitStatus)
            }
        }
    }
}
