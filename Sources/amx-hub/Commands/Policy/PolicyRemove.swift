import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub policy remove`.
struct PolicyRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Require signatures of references no more.",
        discussion: """
            Example:
              amx-hub policy remove 'refs/tags/v*' --owner acme --data /srv/amx
            """)

    @Argument(help: ArgumentHelp("The pattern, as `amx-hub policy list` shows it.", valueName: "pattern"))
    var patterns: [String]
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let removed: [String]
    }

    func run() async throws {
        let (scope, folder) = try await scope.rules(data)
        let present = try folder.patterns()
        for pattern in patterns where !present.contains(pattern) {
            throw AmxError(
                .notFound, "there is no rule for \(TreeRules.printable(pattern.utf8)) (\(scope))",
                hint: "`amx-hub policy list` shows the rules, and what each is for")
        }
        for pattern in patterns { _ = try folder.withdraw(pattern) }
        guard !json.isOn else { return try Terminal.printJSON(Result(removed: patterns)) }
        for pattern in patterns { Terminal.printLine("\(pattern) need not be signed any more (\(scope)).") }
    }
}
