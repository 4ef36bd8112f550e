import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub policy distrust`.
struct PolicyDistrust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distrust", abstract: "Let somebody sign no more.",
        discussion: """
            What was taken stays. A key that was stolen is rather revoked: that holds whatever other rules say of it.

            Example:
              amx-hub policy distrust ada@example.com --owner acme --data /srv/amx
            """)

    @Argument(help: ArgumentHelp("Whose keys, or which key.", valueName: "name|fingerprint")) var subject: String
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let removed: [String]
    }

    func run() async throws {
        let (scope, folder) = try await scope.rules(data)
        let removed = try folder.allowedSigners.remove(subject)
        guard !removed.isEmpty else {
            throw AmxError(
                .notFound, "nobody called '\(TreeRules.printable(subject.utf8))' may sign (\(scope))",
                hint: "`amx-hub policy list` shows names, fingerprints, and what each rule is for")
        }
        guard !json.isOn else { return try Terminal.printJSON(Result(removed: removed)) }
        for fingerprint in removed { Terminal.printLine("\(subject) may not sign with \(fingerprint) (\(scope)).") }
    }
}
