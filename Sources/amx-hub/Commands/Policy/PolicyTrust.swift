import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub policy trust`.
struct PolicyTrust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Let a key sign.",
        discussion: """
            The key is a .pub file, or the text of one. Times are YYYYMMDD[HHMM[SS]][Z].

            Example:
              amx-hub policy trust ada@example.com ada.pub --owner acme --data /srv/amx
            """)

    @Argument(help: "Whose key it is, by a mail address.") var name: String
    @Argument(help: ArgumentHelp("The key.", valueName: "file|key")) var key: [String]
    @Option(help: ArgumentHelp("From when it counts.", valueName: "time")) var validAfter: String?
    @Option(help: ArgumentHelp("Until when it counts.", valueName: "time")) var validBefore: String?
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let principal: String
        let fingerprint: String
        let added: Bool
    }

    func validate() throws {
        for time in [validAfter, validBefore].compactMap({ $0 }) where UTCTime.seconds(of: time) == nil {
            throw ValidationError("'\(time)' is not a time: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z for UTC")
        }
    }

    func run() async throws {
        let key = try PublicKey(given: key.joined(separator: " "))
        try key.checkSupported()
        let (scope, folder) = try await scope.rules(data)
        let isNew = try folder.allowedSigners.add(key, as: name, validAfter: validAfter, validBefore: validBefore)
        guard !json.isOn else {
            return try Terminal.printJSON(Result(principal: name, fingerprint: key.fingerprint, added: isNew))
        }
        Terminal.printLine("\(name) \(isNew ? "may sign" : "could sign already") with \(key.fingerprint) (\(scope)).")
    }
}
