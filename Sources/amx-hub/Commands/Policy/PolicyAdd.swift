import ArgumentParser
import Capsules
import HubServer
import Objects

/// `amx-hub policy add`.
struct PolicyAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Require signatures of references.",
        discussion: """
            A pattern is of whole names, and * stands for anything. What it fits must be signed by a trusted key: a release its \
            tag, a branch every commit that it gains. What is there already is not looked at.

            Example:
              amx-hub policy add 'refs/tags/v*' --data /srv/amx
              amx-hub policy add refs/heads/main --repository acme/customer-service --data /srv/amx
            """)

    @Argument(help: ArgumentHelp("What must be signed, such as 'refs/tags/v*'.", valueName: "pattern"))
    var patterns: [String]
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var data: DataOption
    @OptionGroup var json: JSONOption

    private struct Result: Encodable {
        let added: [String]
    }

    func run() async throws {
        let (scope, folder) = try await scope.rules(data)
        // All are looked at before the first one is noted.
        _ = try SignaturePolicy(requiring: patterns)
        var added: [String] = []
        for pattern in patterns where try folder.require(pattern) { added.append(pattern) }
        guard !json.isOn else { return try Terminal.printJSON(Result(added: added)) }
        for pattern in patterns {
            let verb = added.contains(pattern) ? "must be signed from now on" : "had to be signed already"
            Terminal.printLine("\(pattern) \(verb) (\(scope)).")
        }
    }
}
