package import Capsules
import Guard
import Isolation
package import Objects

/// Runs what a capsule has, behind the checks of `docs/running.md`: level, limits, sandbox, engine.
///
/// Blocks its thread; not for use by several threads at once.
package final class CapsuleRunner {
    private let worker: String
    private let folder: String
    private let manifest: Manifest
    private let settings: [String: String]
    private let machines: MachineSource?
    private let isolation: SandboxSettings.Isolation
    private var sandbox: Sandbox?
    private var scripts: JavaScriptRunner?
    private var servers: ServerRunner?
    private var machine: VirtualMachine?

    /// Runs from a folder with exactly the capsule's files, by the program `amx-worker` at a path; `settings` are the values of the
    /// capsule's configuration that its servers get. It runs in a virtual machine where the manifest or `isolation` asks for one.
    package init(
        worker: String, showing folder: String, of manifest: Manifest, settings: [String: String] = [:],
        isolation: SandboxSettings.Isolation? = nil, machines: MachineSource? = nil
    ) {
        (self.worker, self.folder, self.manifest, self.settings) = (worker, folder, manifest, settings)
        self.isolation = isolation == .vm || manifest.sandbox.isolation == .vm ? .vm : .container
        self.machines = machines
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
        if isolation == .vm, let problem = machineProblem(target.engine) {
            return RunResult(.setupFailed, error: problem)
        }
        if let tool = target.tool, let problem = try InputCheck.problem(with: input, of: tool) {
            return RunResult(.trap("input"), error: problem)
        }
        let limits = RunLimits.effective([request, RunLimits(manifest, tool: target.tool)])
        let run = EngineRun(target.handler, input: input, limits: limits)
        if isolation == .vm { try prepareMachine(limits, check) }
        let milliseconds = Int64(min(limits.milliseconds, 86_400_000))
        host.begin(until: MonotonicClock.nanoseconds() + milliseconds * 1_000_000)
        var result = try result(of: run, by: target.engine, host: &host, check: check)
        result.usage.networkCalls = host.networkCalls
        // Of a server's result, the schema is that of the structured part.
        let given = target.engine == .mcp ? result.result["structuredContent"] : result.result
        if result.isSuccess, let tool = target.tool, let given,
            let problem = try InputCheck.problem(withResult: given, of: tool)
        {
            return RunResult(.trap("result"), error: problem, usage: result.usage, log: result.log)
        }
        return result
    }

    private func result(
        of run: EngineRun, by engine: Engine, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        switch engine {
        case .process: return try ProcessRunner(ownSandbox()).run(run, host: &host, check: check)
        case .js: return try ownScripts().run(run, host: &host, check: check)
        case .mcp: return try ownServers().run(run, host: &host, check: check)
        case .wasm:
            return RunResult(.setupFailed, error: "this version of Amx has no engine for WebAssembly yet")
        }
    }

    /// Why something is not run in a virtual machine; it is run in nothing else then.
    private func machineProblem(_ engine: Engine) -> String? {
        let what = "\(manifest.id) is to run in a virtual machine"
        guard machines != nil else { return "\(what), and there are none here" }
        switch engine {
        case .process, .js: return nil
        case .mcp: return "\(what), in which Amx runs programs and JavaScript but no MCP servers"
        case .wasm: return "\(what), in which Amx runs programs and JavaScript but no WebAssembly"
        }
    }

    /// Makes the image of a guest, where there is none, before the time of the run counts.
    private func prepareMachine(_ limits: SandboxLimits, _ check: () throws(AmxError) -> Void) throws(AmxError) {
        guard let machines else { return }
        let machine: VirtualMachine
        if let present = self.machine { machine = present } else { machine = try VirtualMachine(machines.parts) }
        _ = try machine.image(forMemory: limits.memoryBytes, willBoot: machines.willBoot, check: check)
        self.machine = machine
    }

    private func ownScripts() throws(AmxError) -> JavaScriptRunner {
        if let scripts { return scripts }
        let made = try JavaScriptRunner(worker: worker, showing: folder, machine: machine)
        scripts = made
        return made
    }

    private func ownServers() throws(AmxError) -> ServerRunner {
        if let servers { return servers }
        let gate = ManifestGate(manifest, workspace: nil, home: nil)
        var place = ServerPlace(worker: worker, folder: folder, gate: gate)
        place.settings = settings
        let made = ServerRunner(manifest.mcpServers, in: place)
        servers = made
        return made
    }

    private func ownSandbox() throws(AmxError) -> Sandbox {
        if let sandbox { return sandbox }
        let made = try Sandbox(worker: worker, showing: folder, machine: machine)
        sandbox = made
        return made
    }
}
