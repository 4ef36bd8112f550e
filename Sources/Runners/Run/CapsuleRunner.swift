package import Capsules
import Guard
import Isolation
package import Objects

/// Runs what a capsule has, behind the checks of `docs/running.md`: level, limits, sandbox, engine.
///
/// Blocks its thread; not for use by several threads at once.
package final class CapsuleRunner {
    private let manifest: Manifest
    /// The engines that it runs with.
    package let engines: EngineSet

    /// Runs from a folder with exactly the capsule's files, by the program `amx-worker` at a path; `settings` are the values of the
    /// capsule's configuration that its servers get. `heldMemory` refuses to run where memory would only be watched. It runs in a virtual
    /// machine where the manifest or `isolation` asks for one.
    package init(
        worker: String, showing folder: String, of manifest: Manifest, settings: [String: String] = [:],
        heldMemory: Bool = false, isolation: SandboxSettings.Isolation? = nil, machines: MachineSource? = nil
    ) {
        self.manifest = manifest
        engines = EngineSet(
            worker: worker, showing: folder, of: manifest, settings: settings, heldMemory: heldMemory,
            isolation: isolation, machines: machines)
    }

    /// Starts what a run of a target needs, without waiting for it and without anything of the capsule: what is done before the run is
    /// done meanwhile. What goes wrong with it, goes wrong again with the run.
    package func prepare(_ target: RunTarget, limits request: RunLimits = RunLimits(), isApproved: Bool = false) {
        guard isApproved || !target.level.demands.contains(.approval) else { return }
        try? engines.prepare(target.engine, limits(of: target, request))
    }

    private func limits(of target: RunTarget, _ request: RunLimits) -> SandboxLimits {
        RunLimits.effective([request, RunLimits(manifest, tool: target.tool)])
    }

    /// Runs a target with an input, and says what came of it: also a run that was denied, or failed, is a result.
    ///
    /// `isApproved` says that somebody has approved exactly this; what its level asks for is denied without.
    /// `check` is called at least twice a second; what it throws ends the run and is thrown on. `.failure` where this machine lacks what
    /// every run needs.
    package func run(
        _ target: RunTarget, input: JSONValue, limits request: RunLimits = RunLimits(), isApproved: Bool = false,
        host: inout some HostInterface, check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> RunResult {
        guard isApproved || !target.level.demands.contains(.approval) else {
            return RunResult(
                .denied(.approval),
                error: "\(manifest.id) is \(target.level.rawValue), and nobody has approved this run")
        }
        if let problem = engines.machineProblem(EngineSet.Part(target.engine)) {
            return RunResult(.setupFailed, error: problem)
        }
        if let tool = target.tool, let problem = try InputCheck.problem(with: input, of: tool) {
            return RunResult(.trap("input"), error: problem)
        }
        let limits = limits(of: target, request)
        let run = EngineRun(target.handler, input: input, limits: limits)
        try engines.prepareMachine(for: EngineSet.Part(target.engine), limits, check: check)
        let milliseconds = Int64(min(limits.milliseconds, 86_400_000))
        host.begin(until: MonotonicClock.nanoseconds() + milliseconds * 1_000_000)
        var result = try engines.run(run, by: target.engine, host: &host, check: check)
        result.usage.networkCalls = host.networkCalls
        if result.isSuccess, let tool = target.tool, let problem = Self.problem(with: result.result, of: tool) {
            return RunResult(.trap("result"), error: problem, usage: result.usage, log: result.log)
        }
        return result
    }

    /// Why a result is not what a tool says it gives; also where that takes too much work to find out, as it has run.
    private static func problem(with result: JSONValue, of tool: ToolDeclaration) -> String? {
        // Of a server's result, the schema is that of the structured part, which none is where there is one.
        let given = tool.engine == .mcp ? result["structuredContent"] ?? .null : result
        do throws(AmxError) { return try InputCheck.problem(withResult: given, of: tool) } catch {
            return error.message
        }
    }
}
