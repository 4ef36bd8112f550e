import ArgumentParser
import Capsules
import Glibc
import Guard
import Objects
import Runners
import Workspaces

/// `amx run`.
struct Run: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a capsule, or one of its tools, in the sandbox.",
        discussion: """
            Takes JSON as an argument, or from standard input for `-`; by default an empty object. What the code gives back goes to \
            standard output as JSON, with --json with its outcome and what it used; what it writes to its standard error goes to \
            standard error. A run that fails is printed whole, with exit status 7 when it was denied, else 1. Each run is an event.

            Example:
              amx run word-count - < text.json
              amx run customer-service.lookup --timeout 2000
            """)

    @Argument(help: ArgumentHelp("The capsule, with a tool after a dot.", valueName: "id[.tool]")) var subject: String
    @Argument(help: ArgumentHelp("What it is given, as JSON, or - for standard input.", valueName: "json|-"))
    var input: String = "{}"
    @Option(help: ArgumentHelp("How long it may take, in milliseconds.", valueName: "ms")) var timeout: UInt64?
    @Option(help: ArgumentHelp("How much memory it may have, in MiB.", valueName: "mib")) var memory: UInt64?
    @OptionGroup var global: GlobalOptions

    /// How much may be given.
    private static let inputLimit = 16 << 20

    func run(_ output: Output) throws {
        let given = try given()
        Interruption.catchSignals()
        let place = try Place()
        let (capsule, tool) = try named(in: place.workspace)
        let runnable = try capsule.runnable()
        let finding = try finding(in: runnable, of: capsule)
        let target = try RunTarget(tool, of: runnable.manifest, finding: finding)
        let approval = try Demand(target, input: given, of: runnable, in: place.workspace).approval()
        if target.engine == .process {
            var check = RuntimeCheck()
            for problem in check.problems(of: runnable.manifest) {
                throw AmxError(.failure, problem, hint: "install it, or run the capsule elsewhere")
            }
        }
        let (bytes, overflow) = (memory ?? 0).multipliedReportingOverflow(by: 1 << 20)
        guard !overflow else { throw AmxError(.usage, "--memory \(memory ?? 0) is more than there can be") }
        let worker = try Directory.parent(of: Stage.executable()) + "/amx-worker"
        guard access(worker, X_OK) == 0 else {
            throw AmxError(
                .failure, "cannot run anything: there is no \(worker)",
                hint: "build it with `swift build`, and keep it beside `amx`")
        }
        let runner = CapsuleRunner(worker: worker, showing: runnable.folder.path, of: runnable.manifest)
        let record = try Execution(of: target, in: runnable, place.workspace)
        var host = NoHost()
        let result: RunResult
        do throws(AmxError) {
            result = try runner.run(
                target, input: given, limits: RunLimits(milliseconds: timeout, memoryBytes: bytes),
                isApproved: approval.isGiven, host: &host, check: { () throws(AmxError) in try Interruption.check() })
        } catch {
            try record.end(RunResult(.setupFailed, error: error.message))
            throw error
        }
        try record.end(result)
        try show(result, approval.hint, output)
    }

    /// The worst that the scanner finds, as `amx scan` does.
    private func finding(in runnable: RunnableCapsule, of capsule: WorkspaceCapsule) throws(AmxError) -> Severity? {
        let scanner = try Scanner(packs: RulePack.builtIn)
        let cache = ScanCache(folder: "\(capsule.workspace.cacheDirectory)/scans")
        if let report = cache.report(of: runnable.digest, by: scanner) { return report.worst }
        let report = try scanner.scan(folder: runnable.folder.path)
        cache.keep(report, of: runnable.digest, by: scanner)
        return report.worst
    }

    private func show(_ result: RunResult, _ approval: String?, _ output: Output) throws {
        if !result.log.isEmpty, !output.isQuiet, !output.asJSON {
            var text = String(decoding: result.log, as: UTF8.self)
            if text.hasSuffix("\n") { text.removeLast() }
            try output.tell { _ in text }
        }
        try output.show(json: result.json) { _ in
            var text = JSONWriter.text(result.isSuccess ? result.result : result.json, .pretty)
            if text.hasSuffix("\n") { text.removeLast() }
            return text
        }
        guard !result.isSuccess else { return }
        let code: AmxError.Code = if case .denied = result.outcome { .denied } else { .failure }
        throw AmxError(
            code, "\(subject) failed: \(result.error ?? "it did not say why")", hint: hint(result.outcome, approval))
    }

    private func hint(_ outcome: RunOutcome, _ approval: String?) -> String {
        switch outcome {
        case .timeout: "give it more time with --timeout, up to what its manifest allows"
        case .oom: "give it more memory with --memory, up to what its manifest allows"
        case .denied(.approval): approval ?? "somebody else has to approve it"
        default: "the result has the outcome; what the code has written is above"
        }
    }

    private func given() throws(AmxError) -> JSONValue {
        let bytes =
            try input == "-" ? StandardInput.read(limit: Self.inputLimit) : Array(input.utf8)
        do throws(JSONError) { return try JSONParser.parse(bytes) } catch {
            throw AmxError(
                .usage, "the input is not JSON: \(error.reason)", hint: "give one value, such as '{\"text\": \"...\"}'")
        }
    }

    /// The capsule, and the tool after its id; an id may have dots of its own.
    private func named(in workspace: Workspace) throws(AmxError) -> (WorkspaceCapsule, String?) {
        if let id = try? CapsuleID(subject), try workspace.capsule(id).form() != nil {
            return (workspace.capsule(id), nil)
        }
        guard let dot = subject.lastIndex(of: "."),
            let id = try? CapsuleID(String(subject[..<dot])), try workspace.capsule(id).form() != nil
        else { throw workspace.capsule(try CapsuleID(subject)).missing() }
        return (workspace.capsule(id), String(subject[subject.index(after: dot)...]))
    }
}
