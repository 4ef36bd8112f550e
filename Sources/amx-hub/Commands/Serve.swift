import ArgumentParser
import Glibc
import HubServer
import Logging
import Objects
import UnixSignals

/// `amx-hub serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a data directory over HTTP until SIGTERM or SIGINT.",
        discussion: """
            Prints one line with its URL on standard output when it is ready; port 0 picks a free port. Logs go to standard \
            error, one JSON object a line. A signal lets requests under way finish, for at most half a minute.

            The limits on what is pushed are those of the file config in the data directory, where there is one: \
            limits.<name> in git's format, as `git config --file DIR/config limits.packBytes 1g` writes it. They are read \
            at the start; the log warns of other names there.

            Example:
              amx-hub serve --data /srv/amx --listen 127.0.0.1:3003
            """)

    @OptionGroup var data: DataOption
    @Option(help: "The address to listen on.") var listen = "127.0.0.1:3003"
    @Flag(help: "Let everybody read everything without a token.") var publicRead = false
    @Option(
        help: ArgumentHelp("How long the policy script may take for one push, in seconds.", valueName: "seconds"))
    var scriptTimeout = 30
    @OptionGroup var json: JSONOption

    private struct Ready: Encodable {
        let url: String
    }

    func validate() throws {
        guard (1...3600).contains(scriptTimeout) else {
            throw ValidationError("--script-timeout is between 1 and 3600 seconds")
        }
    }

    func run() async throws {
        let address = try ListenAddress(parsing: listen)
        let directory = try data.directory()
        // Before anything asks for the standard limits.
        let limits = try directory.limits()
        Limits.use(limits)
        var configuration = HubConfiguration(listen: address, version: AmxHub.version)
        configuration.limits = limits
        configuration.publicRead = publicRead
        configuration.scriptSeconds = scriptTimeout
        let logger = Logger(label: "amx-hub") { _ in JSONLogHandler() }
        for warning in try directory.configWarnings() { logger.warning("\(warning)") }
        let hub = try Hub(directory, configuration, logger: logger)
        let asJSON = json.isOn
        do {
            try await hub.run(stopOnSignals: [.sigterm, .sigint]) { url in
                if asJSON { try? Terminal.printJSON(Ready(url: url)) } else { Terminal.printLine(url) }
            }
        } catch let error as AmxError {
            throw error
        } catch {
            throw AmxError(
                .failure, "cannot serve on \(listen): \(Self.reason(error))",
                hint: "choose another address with --listen; port 0 picks a free port", cause: error)
        }
    }

    /// Why the server ended, in the system's words where they are among those of the network library.
    private static func reason(_ error: any Error) -> String {
        let text = "\(error)"
        let numbers = [EADDRINUSE, EADDRNOTAVAIL, EACCES]
        guard let number = numbers.first(where: { text.contains("errno: \($0))") }) else { return text }
        return String(cString: strerror(number))
    }
}
