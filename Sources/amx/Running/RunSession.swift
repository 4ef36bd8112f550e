import Capsules
import Glibc
import Guard
import Objects
import Runners
import Workspaces

/// A capsule that is about to run: its files are written out, what a scan finds in them is known.
struct RunSession {
    let runnable: RunnableCapsule
    /// The worst that the scanner finds, as `amx scan` does.
    let finding: Severity?
    private let workspace: Workspace

    init(_ capsule: WorkspaceCapsule) throws(AmxError) {
        workspace = capsule.workspace
        runnable = try capsule.runnable()
        let scanner = try Scanner(packs: RulePack.builtIn)
        let cache = ScanCache(folder: "\(workspace.cacheDirectory)/scans")
        if let report = cache.report(of: runnable.digest, by: scanner) {
            finding = report.worst
        } else {
            let report = try scanner.scan(folder: runnable.folder.path)
            cache.keep(report, of: runnable.digest, by: scanner)
            finding = report.worst
        }
    }

    /// Runs something of it, records that, and shows what came of it; what went wrong is thrown after that.
    func perform(
        _ target: RunTarget, input: JSONValue, limits: RunLimits = RunLimits(),
        isolation: SandboxSettings.Isolation? = nil, _ output: Output
    ) throws {
        let (result, approval) = try run(target, input: input, limits: limits, isolation: isolation, output)
        try show(result, output)
        guard !result.isSuccess else { return }
        let code: AmxError.Code = if case .denied = result.outcome { .denied } else { .failure }
        throw AmxError(
            code, "\(target.name(in: runnable.manifest)) failed: \(result.error ?? "it did not say why")",
            hint: Self.hint(result.outcome, approval))
    }

    /// Runs something of it and records that; where it needs an approval that is not there, also what to do about that.
    func run(
        _ target: RunTarget, input: JSONValue, limits: RunLimits = RunLimits(),
        isolation: SandboxSettings.Isolation? = nil, _ output: Output
    ) throws(AmxError) -> (result: RunResult, hint: String?) {
        let approval = try Demand(target, input: input, of: runnable, in: workspace).approval()
        let result = try result(
            target, input, limits, isolation, isApproved: approval.isGiven, output)
        return (result, approval.hint)
    }

    private func result(
        _ target: RunTarget, _ input: JSONValue, _ limits: RunLimits, _ isolation: SandboxSettings.Isolation?,
        isApproved: Bool, _ output: Output
    ) throws(AmxError) -> RunResult {
        var check = RuntimeCheck(look: RuntimeCheck.askSystem)
        for problem in check.problems(of: runnable.manifest, among: Self.runtimes(of: target, in: runnable.manifest)) {
            throw AmxError(.failure, problem, hint: "install it, or run the capsule elsewhere")
        }
        let configuration = try configuration()
        let settings = configuration.members.compactMap { member in member.value.string.map { (member.key, $0) } }
        let worker = try Self.worker()
        let runner = CapsuleRunner(
            worker: worker, showing: runnable.folder.path, of: runnable.manifest,
            settings: Dictionary(settings) { $1 }, isolation: isolation,
            machines: MachineSettings.machines(worker, output))
        let record = try Execution(of: target, in: runnable, workspace)
        let organization = try? OwnerName(workspace.organization())
        var host = CapsuleHost(
            runnable.manifest, component: target.component,
            assets: try CapsuleAssets(runnable.paths, in: runnable.folder.path),
            stores: StoreFolder("\(workspace.metadata)/stores", organisation: organization),
            configuration: configuration)
        var result: RunResult
        do throws(AmxError) {
            result = try runner.run(
                target, input: input, limits: limits, isApproved: isApproved, host: &host,
                check: { () throws(AmxError) in try Interruption.check() })
        } catch {
            let outcome: RunOutcome = error.code == .interrupted ? .signal(UInt8(SIGINT)) : .setupFailed
            try record.end(RunResult(outcome, error: error.message), host)
            throw error
        }
        try record.end(result, host)
        for line in host.log { result.log += Array("\(line.level.rawValue): \(line.message)\n".utf8) }
        return result
    }

    /// What the capsule was configured with here.
    private func configuration() throws(AmxError) -> JSONObject {
        let stream = EventStream(runnable.manifest.id, of: try workspace.organization())
        return try EventStore(workspace).state(of: stream).state["configuration"]?.object ?? JSONObject()
    }

    /// The interpreters that run it.
    private static func runtimes(of target: RunTarget, in manifest: Manifest) -> Set<RuntimeCheck.Runtime> {
        switch target.handler {
        case .component: return []
        case .file(let path):
            guard target.engine == .process else { return [] }
            let interpreter = ProcessRunner.interpreter(of: path)
            return interpreter.map { [$0 == "node" ? .node : .python] } ?? []
        case .server(let id, _):
            guard case .interpreter(let name) = manifest.mcpServers.first(where: { $0.id == id })?.command else {
                return []
            }
            return [name == "node" ? .node : .python]
        }
    }

    /// The program that starts what runs, which stands beside this one.
    static func workerPath() throws(AmxError) -> String {
        try Directory.parent(of: Stage.executable()) + "/amx-worker"
    }

    private static func worker() throws(AmxError) -> String {
        let worker = try workerPath()
        guard access(worker, X_OK) == 0 else {
            throw AmxError(
                .failure, "cannot run anything: there is no \(worker)",
                hint: "build it with `swift build`, and keep it beside `amx`")
        }
        return worker
    }

    private func show(_ result: RunResult, _ output: Output) throws {
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
    }

    private static func hint(_ outcome: RunOutcome, _ approval: String?) -> String {
        switch outcome {
        case .timeout: "give it more time with --timeout, up to what its manifest allows"
        case .oom: "give it more memory with --memory, up to what its manifest allows"
        case .denied(.approval): approval ?? "somebody else has to approve it"
        default: "the result has the outcome; what the code has written is above"
        }
    }
}
