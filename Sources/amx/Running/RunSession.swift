import Capsules
import Glibc
import Guard
import Objects
import Runners
import Workspaces

/// A capsule that is about to run: its files are written out, what a scan finds in them is known.
struct RunSession: Sendable {
    let runnable: RunnableCapsule
    /// The worst that the scanner finds, as `amx scan` does.
    let finding: Severity?
    private let workspace: Workspace
    private let given: GivenSettings

    /// Makes a capsule ready to run, with settings of the command line.
    init(_ capsule: WorkspaceCapsule, settings: [String] = []) throws(AmxError) {
        workspace = capsule.workspace
        do throws(AmxError) { runnable = try capsule.runnable() } catch {
            try Execution.refuse(capsule, error)
            throw error
        }
        given = try GivenSettings(settings, of: runnable.manifest)
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
            code,
            "\(target.name(in: runnable.manifest)) failed: "
                + StrangerText.continued(result.error ?? "it did not say why"),
            hint: Self.hint(result.outcome, approval))
    }

    /// Runs something of it and records that; where it needs an approval that is not there, also what to do about that.
    func run(
        _ target: RunTarget, input: JSONValue, limits: RunLimits = RunLimits(),
        isolation: SandboxSettings.Isolation? = nil, _ output: Output
    ) throws(AmxError) -> (result: RunResult, hint: String?) {
        var attempt = RunAttempt(target, input: input)
        (attempt.limits, attempt.isolation) = (limits, isolation)
        let outcome = try run(
            attempt, by: KeptRunner(), announce: { MachineSettings.announce(output) },
            check: { () throws(AmxError) in try Interruption.check() })
        return (outcome.result, outcome.hint)
    }

    /// Does the same with engines that stay, where there are some; also tells which events the code wanted published.
    func run(
        _ attempt: RunAttempt, by kept: KeptRunner, announce: @escaping () -> Void = {},
        check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunAttempt.Outcome {
        let (target, input) = (attempt.target, attempt.input)
        let approval = try approval(of: target, input: input)
        try checkRuntimes(of: target)
        let configuration = try configuration()
        let runner = try runner(kept, configuration, attempt.isolation, announce)
        runner.prepare(target, limits: attempt.limits, isApproved: approval.isGiven)
        let organization = try workspace.organization()
        let caller: JSONObject = [
            "user": .string(try workspace.identity().email), "organization": .string(organization),
            "tool": .optional(target.label),
        ]
        var record = try execution(of: target, input: input, approval)
        var host = CapsuleHost(
            runnable.manifest, component: target.component,
            assets: try CapsuleAssets(runnable.paths, in: runnable.folder.path),
            stores: StoreFolder(workspace.storesDirectory, organisation: try? OwnerName(organization)),
            configuration: configuration, caller: caller, isAudited: target.level.demands.contains(.audit))
        var result: RunResult
        do throws(AmxError) {
            result = try runner.run(
                target, input: input, limits: attempt.limits, isApproved: approval.isGiven, host: &host, check: check)
        } catch {
            try record.end(RunResult(Self.outcome(of: error), error: error.message), host)
            throw error
        }
        try record.end(result, host)
        for line in host.log { result.log += Array("\(line.level.rawValue): \(line.message)\n".utf8) }
        return RunAttempt.Outcome(result: result, hint: approval.hint, events: host.events)
    }

    /// Starts what a run of a target would need, ahead of it, where nobody has to approve it.
    func prepare(_ target: RunTarget, in kept: KeptRunner) throws(AmxError) {
        try runner(kept, configuration(), nil) {}.prepare(target)
    }

    /// The engines that stay, for what is not a run of something by itself.
    func engines(in kept: KeptRunner) throws(AmxError) -> EngineSet {
        try runner(kept, configuration(), nil) {}.engines
    }

    private func runner(
        _ kept: KeptRunner, _ configuration: JSONObject, _ isolation: SandboxSettings.Isolation?,
        _ announce: @escaping () -> Void
    ) throws(AmxError) -> CapsuleRunner {
        let worker = try Self.worker()
        let terms = KeptRunner.Terms(
            settings: Self.texts(of: configuration), heldMemory: try demandsControlGroups(), isolation: isolation)
        return try kept.runner(terms) {
            CapsuleRunner(
                worker: worker, showing: runnable.folder.path, of: runnable.manifest, settings: terms.settings,
                heldMemory: terms.heldMemory, isolation: isolation,
                machines: MachineSettings.machines(worker, announce))
        }
    }

    /// What came of a run that could not go on.
    static func outcome(of error: AmxError) -> RunOutcome {
        error.code == .interrupted ? .signal(UInt8(SIGINT)) : .setupFailed
    }

    /// Whether somebody has approved what needs it; where not, it is asked for, unless the input would be refused anyhow.
    func approval(of target: RunTarget, input: JSONValue) throws(AmxError) -> Demand.Answer {
        if let tool = target.tool, let problem = try InputCheck.problem(with: input, of: tool) {
            return Demand.Answer(isGiven: false, approval: nil, hint: "first mend the input: \(problem)")
        }
        return try Demand(
            target, input: input, settings: given.approvable, of: runnable, in: workspace
        ).approval()
    }

    /// Records that a run begins.
    func execution(of target: RunTarget, input: JSONValue, _ approval: Demand.Answer) throws(AmxError) -> Execution {
        try Execution(of: target, in: runnable, input: input, approval: approval.approval, workspace)
    }

    /// Refuses where what runs the target is not here, or of another version.
    func checkRuntimes(of target: RunTarget) throws(AmxError) {
        var check = RuntimeCheck(look: RuntimeCheck.askSystem)
        for problem in check.problems(of: runnable.manifest, among: Self.runtimes(of: target, in: runnable.manifest)) {
            throw AmxError(.failure, problem, hint: "install it, or run the capsule elsewhere")
        }
    }

    /// The capsule with its engines, as a registry takes it.
    func loadable() throws(AmxError) -> EngineCapsule {
        EngineCapsule(
            worker: try Self.worker(), showing: runnable.folder.path, of: runnable.manifest,
            settings: Self.texts(of: try configuration()), heldMemory: try demandsControlGroups())
    }

    private static func texts(of configuration: JSONObject) -> [String: String] {
        let texts = configuration.members.compactMap { member in member.value.string.map { (member.key, $0) } }
        return Dictionary(texts) { $1 }
    }

    /// Whether a setting refuses runs whose memory would only be watched; one that cannot be read does as well.
    private func demandsControlGroups() throws(AmxError) -> Bool {
        let key = try SettingKey("run.requireControlGroups")
        return try Settings(workspace).entries().contains { entry in
            entry.key == key && !["false", "no", "off", "0"].contains(entry.value.lowercased())
        }
    }

    /// What the capsule was configured with here, and what this run is given.
    private func configuration() throws(AmxError) -> JSONObject {
        let stream = EventStream(runnable.manifest.id, of: try workspace.organization())
        var configuration = try EventStore(workspace).state(of: stream).state["configuration"]?.object ?? JSONObject()
        for member in given.values.members { configuration[member.key] = member.value }
        return configuration
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
            let text = StrangerText.marked(result.log, of: runnable.manifest.id)
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
        case .setupFailed: "nothing of it has run; `amx doctor` says what this machine lacks, and how to install it"
        case .denied(.approval): approval ?? "somebody else has to approve it"
        default: "the result has the outcome; what the code has written is above"
        }
    }
}
