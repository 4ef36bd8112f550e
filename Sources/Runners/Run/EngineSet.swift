package import Capsules
import Guard
package import Isolation
package import Objects

/// The engines of one capsule, composed (rows S-090 to S-096): what is asked of all of them is asked of each in its order.
///
/// An engine is made at its first use. Blocks its thread; not for use by several threads at once.
package final class EngineSet {
    /// What of a capsule an engine is for, in the order in which they are loaded.
    package enum Part: String, Hashable, Sendable, CaseIterable {
        case wasm
        case mcp
        case js
        case process
        case `static`

        /// The engine that it is for; nil for what nothing runs.
        var engine: Engine? {
            switch self {
            case .wasm: .wasm
            case .mcp: .mcp
            case .js: .js
            case .process: .process
            case .static: nil
            }
        }

        init(_ engine: Engine) {
            self =
                switch engine {
                case .wasm: .wasm
                case .mcp: .mcp
                case .js: .js
                case .process: .process
                }
        }
    }

    /// What waiting for all engines came to (row S-096).
    package enum Readiness: Hashable, Sendable {
        case ready
        case timeout
        /// What the first that failed said.
        case crashed(String)
    }

    private let worker: String
    private let folder: String
    private let manifest: Manifest
    private let settings: [String: String]
    private let heldMemory: Bool
    private let isolation: SandboxSettings.Isolation
    private let machines: MachineSource?
    private var machine: VirtualMachine?
    private var runners: [Part: any EngineRunner] = [:]
    private var states: [Part: EngineState] = [:]
    /// What the whole is at; what single engines are at says ``state(of:)``.
    package private(set) var state = EngineState.unloaded

    /// Composes the engines of a manifest over a folder with exactly the capsule's files; `heldMemory` refuses to run where memory would
    /// only be watched. They run in virtual machines where the manifest or `isolation` asks for that, and in nothing less then.
    package init(
        worker: String, showing folder: String, of manifest: Manifest, settings: [String: String] = [:],
        heldMemory: Bool = false, isolation: SandboxSettings.Isolation? = nil, machines: MachineSource? = nil
    ) {
        (self.heldMemory, self.machines) = (heldMemory, machines)
        self.isolation = isolation == .vm || manifest.sandbox.isolation == .vm ? .vm : .container
        (self.worker, self.folder, self.manifest, self.settings) = (worker, folder, manifest, settings)
    }

    /// The parts that the manifest has something for, in their order; `static` always.
    package var parts: [Part] {
        var engines = Set(manifest.tools.map(\.engine))
        if let main = manifest.runtime.mainEngine { engines.insert(main) }
        if !manifest.components.isEmpty { engines.insert(.wasm) }
        if !manifest.mcpServers.isEmpty { engines.insert(.mcp) }
        let declared = Set(engines.map { Part($0) })
        return Part.allCases.filter { $0 == .static || declared.contains($0) }
    }

    /// Gives an event to the first engine, in their order, that supports an action; nil where none does (row S-094).
    package func invokeInterceptor(
        _ action: String, input: JSONValue, limits: SandboxLimits = SandboxLimits(), host: inout some HostInterface,
        check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> RunResult? {
        guard let found = try ActionHandlers(manifest: manifest, folder: folder).first(action) else { return nil }
        return try run(
            EngineRun(found.handler, input: input, limits: limits), by: found.engine, host: &host, check: check)
    }

    /// What an engine is at.
    package func state(of part: Part) -> EngineState { states[part] ?? .unloaded }

    /// Loads all parts in their order; the first error stops that and is thrown on, the part and the whole have failed then.
    package func load(
        _ limits: SandboxLimits = SandboxLimits(), check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) {
        state = .loading
        for part in parts where state(of: part) != .ready {
            do throws(AmxError) {
                try check()
                states[part] = .loading
                try prepareMachine(for: part, limits, check: check)
                try runner(of: part).load(limits, check: check)
                states[part] = .ready
            } catch {
                states[part] = .failed(error.message)
                state = .failed(error.message)
                throw error
            }
        }
        state = .ready
    }

    /// Loads all parts before a moment of the monotonic clock in nanoseconds, which all of them share. What `check` throws is thrown on.
    package func waitUntilReady(
        by deadline: Int64, _ limits: SandboxLimits = SandboxLimits(), check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> Readiness {
        var (isLate, reason): (Bool, AmxError?) = (false, nil)
        do throws(AmxError) {
            try load(limits) { () throws(AmxError) in
                do throws(AmxError) { try check() } catch {
                    reason = error
                    throw error
                }
                guard MonotonicClock.nanoseconds() < deadline else {
                    isLate = true
                    throw AmxError(.failure, "it was not ready in time")
                }
            }
            return .ready
        } catch {
            if let reason { throw reason }
            return isLate ? .timeout : .crashed(error.message)
        }
    }

    /// Unloads all parts, as far as they can be; the first error is thrown on afterwards.
    package func unload() throws(AmxError) {
        var first: AmxError?
        state = .unloading
        for part in Part.allCases {
            guard let runner = runners.removeValue(forKey: part) else { continue }
            states[part] = .unloading
            do throws(AmxError) { try runner.unload() } catch { first = first ?? error }
        }
        states = [:]
        state = .unloaded
        if let first { throw first }
    }

    /// What the first failed part is at; else what the whole is at (row S-095).
    package func checkHealth(check: () throws(AmxError) -> Void = {}) throws(AmxError) -> EngineState {
        for part in Part.allCases {
            guard let runner = runners[part], states[part] == .ready else { continue }
            states[part] = try runner.health(check: check)
        }
        for part in Part.allCases {
            if case .failed = state(of: part) { return state(of: part) }
        }
        return state
    }

    /// The tools that engines have besides those of the manifest.
    package func offeredTools(
        _ limits: SandboxLimits = SandboxLimits(), check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> [OfferedTool] {
        var all: [OfferedTool] = []
        for part in parts { all += try runner(of: part).offeredTools(limits, check: check) }
        return all
    }

    /// Starts what an engine keeps between runs, as ``load(_:check:)`` does for all; servers are started by their first calls.
    func prepare(_ engine: Engine, _ limits: SandboxLimits) throws(AmxError) {
        if engine != .mcp, isolation != .vm { try runner(of: Part(engine)).load(limits) {} }
    }

    /// Why an engine's programs cannot run, which are to run in a virtual machine; nil where they can, or are not to.
    func machineProblem(_ part: Part) -> String? {
        guard isolation == .vm, part != .static else { return nil }
        let what = "\(manifest.id) is to run in a virtual machine"
        if part == .mcp { return "\(what), in which Amx runs no MCP servers" }
        return machines == nil ? "\(what), and there are none here" : nil
    }

    /// Makes what a run in a virtual machine goes on from, where it is not there yet: that takes seconds, and is not the run's time.
    ///
    /// `.failure` where there can be none.
    func prepareMachine(
        for part: Part, _ limits: SandboxLimits, check: () throws(AmxError) -> Void
    ) throws(AmxError) {
        guard let machines, let machine = try ownMachine(for: part) else { return }
        _ = try machine.image(forMemory: limits.memoryBytes, willBoot: machines.willBoot, check: check)
    }

    /// What an engine's programs run in; nil for containers.
    private func ownMachine(for part: Part) throws(AmxError) -> VirtualMachine? {
        if let problem = machineProblem(part) {
            throw AmxError(.failure, problem, hint: "`amx doctor` says what this machine lacks")
        }
        guard isolation == .vm, part != .static, let machines else { return nil }
        if let machine { return machine }
        let made = try VirtualMachine(machines.parts)
        machine = made
        return made
    }

    /// Runs something with the engine that is for it.
    package func run(
        _ run: EngineRun, by engine: Engine, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        var run = run
        if engine == .process, case .file(let path) = run.handler {
            do throws(AmxError) { run.handler = .file(try CapsuleProgram.resolve(path, in: folder)) } catch {
                return RunResult(.setupFailed, error: "\(error.message): \(error.hint ?? "")")
            }
        }
        return try runner(of: Part(engine)).run(run, host: &host, check: check)
    }

    private func runner(of part: Part) throws(AmxError) -> any EngineRunner {
        if let runner = runners[part] { return runner }
        let machine = try ownMachine(for: part)
        let runner: any EngineRunner
        switch part {
        case .process:
            runner = ProcessRunner(
                try Sandbox(worker: worker, showing: folder, heldMemory: heldMemory, machine: machine))
        case .js:
            runner = try JavaScriptRunner(worker: worker, showing: folder, heldMemory: heldMemory, machine: machine)
        case .mcp:
            var place = ServerPlace(
                worker: worker, folder: folder, gate: ManifestGate(manifest, workspace: nil, home: nil))
            place.settings = settings
            place.heldMemory = heldMemory
            runner = ServerRunner(manifest.mcpServers, in: place)
        case .static: runner = StaticRunner(manifest, in: folder)
        case .wasm:
            runner = try WasmRunner(
                worker: worker, showing: folder, components: manifest.components, heldMemory: heldMemory,
                machine: machine)
        }
        runners[part] = runner
        return runner
    }
}
