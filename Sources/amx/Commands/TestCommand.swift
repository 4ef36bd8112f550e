import ArgumentParser
import Capsules
import Objects
import Runners
import Workspaces

/// `amx test`.
struct TestCommand: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run a capsule's tests in the sandbox.",
        discussion: """
            A test is a file below the capsule's `tests`: a .py or .js file whose name begins or ends with `test`, or an executable one. \
            It runs like a tool, with an empty object as its input, and passes when its outcome is ok and its result is not false. Exit \
            status 1 where one fails, 7 where one was denied.

            Example:
              amx test customer-service
            """)

    @Argument(help: "The capsule; in its directory it may be left out.") var id: String?
    @OptionGroup var settings: SettingOptions
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        let capsule = place.workspace.capsule(try place.id(id))
        let session = try RunSession(capsule, settings: settings.words)
        let tests = session.runnable.tests
        guard !tests.isEmpty else {
            throw AmxError(
                .notFound, "\(capsule.id) has no tests",
                hint: "put one into its folder `tests`, such as tests/test_rules.py")
        }
        var results: [(path: TreePath, result: RunResult, hint: String?)] = []
        for test in tests {
            let target = RunTarget(test: test, of: session.runnable.manifest, finding: session.finding)
            let (result, hint) = try session.run(target, input: [:], output)
            results.append((test, result, hint))
        }
        try output.show(json: ["tests": .array(results.map { Self.json($0.path, $0.result) })]) { style in
            var table = Table()
            for (path, result, _) in results {
                let passes = Self.passes(result)
                let detail =
                    passes ? "" : "\(result.outcome): \(StrangerText.continued(result.error ?? "it gave back false"))"
                table.add(passes ? style.green("ok") : style.red("failed"), path.string, detail)
            }
            return table.text()
        }
        let failed = results.filter { !Self.passes($0.result) }
        guard let first = failed.first else { return }
        let isDenied = if case .denied = first.result.outcome { true } else { false }
        throw AmxError(
            isDenied ? .denied : .failure, "\(failed.count) of \(results.count) tests of \(capsule.id) failed",
            hint: first.hint ?? "`amx test --json` has what each used and why it failed")
    }

    private static func passes(_ result: RunResult) -> Bool { result.isSuccess && result.result != .bool(false) }

    private static func json(_ path: TreePath, _ result: RunResult) -> JSONValue {
        var object: JSONObject = ["path": .string(path.string), "passed": .bool(passes(result))]
        for member in result.json.object?.members ?? [] { object[member.key] = member.value }
        object["log"] = .string(String(decoding: result.log.suffix(8_192), as: UTF8.self))
        return .object(object)
    }
}
