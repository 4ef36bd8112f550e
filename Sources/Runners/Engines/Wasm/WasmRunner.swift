package import Capsules
import Glibc
package import Isolation
package import Objects

/// Runs functions that components export: each call in instances of its own, by an engine in the sandbox that stays there for the next call
/// (`docs/running.md`, "WebAssembly").
package final class WasmRunner: EngineRunner {
    /// Where the program and its library are seen in the sandbox.
    private static let (enginePath, libraryPath) = ("/amx/wasm", "/amx/libwasmtime.so")
    /// What a memory may have at most, 1,024 pages (row S-097), and what of the sandbox's memory the engine needs itself.
    private static let (memoryBytes, engineBytes): (UInt64, UInt64) = (64 << 20, 24 << 20)
    /// How many components one call may have.
    private static let instanceCount = 16

    private let sandbox: Sandbox
    private let folder: String
    private let components: [Component]
    /// Of files whose content was compared with its hash.
    private var stamps: [String: HashedFile.Stamp] = [:]
    private var waiting = WaitingEngine()
    /// The engine that waits for a call; nil before the first one, and after one that it did not survive.
    var session: EngineSession? { waiting.session }

    /// Runs in a sandbox around a folder of files that are as the capsule has them, by the programs `amx-worker` at a path and `amx-wasm`
    /// beside it; with a `machine`, in a guest of it. `library` is the path of the engine's, for tests.
    ///
    /// `.failure` and `.denied` as for ``Sandbox``; also where `amx-wasm` or the engine is missing.
    package init(
        worker: String, showing folder: String, components: [Component], heldMemory: Bool = false,
        machine: VirtualMachine? = nil, library: String? = nil
    ) throws(AmxError) {
        let engine = (worker.lastIndex(of: "/").map { String(worker[...$0]) } ?? "") + "amx-wasm"
        guard access(engine, X_OK) == 0 else {
            throw AmxError(
                .failure, "cannot run WebAssembly: there is no program \(engine)",
                hint: "`amx-wasm` belongs beside `amx-worker`; install Amx again")
        }
        let path: String
        if let library { path = library } else { path = try WasmLibrary.path() }
        let shown = [
            SandboxView.Shown(engine, at: Self.enginePath), SandboxView.Shown(path, at: Self.libraryPath),
        ]
        sandbox = try Sandbox(worker: worker, showing: folder, with: shown, heldMemory: heldMemory, machine: machine)
        (self.folder, self.components) = (folder, components)
    }

    /// Starts the engine ahead of a call with such limits, without waiting for it.
    package func prepare(_ limits: SandboxLimits) throws(AmxError) {
        _ = try waiting.ready(in: sandbox, limits, program(limits))
    }

    package func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError) {
        for component in components where component.hash != nil { try verify(component) }
        try prepare(limits)
    }

    package func unload() throws(AmxError) {
        try waiting.leave()
    }

    package func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        guard case .component(let id, let export) = run.handler else {
            return RunResult(.setupFailed, error: "\(run.handler) is no component")
        }
        guard let component = components.first(where: { $0.id.utf8.elementsEqual(id.utf8) }) else {
            return RunResult(.trap("module"), error: "the manifest has no component '\(id)'")
        }
        let start = MonotonicClock.nanoseconds()
        let parts = linked(component)
        guard parts.count <= Self.instanceCount else {
            return RunResult(.trap("module"), error: "it is more than \(Self.instanceCount) modules with what it links")
        }
        for part in parts { try verify(part) }
        let session = try waiting.ready(in: sandbox, run.limits, program(run.limits))
        defer { waiting.forgetSpent() }
        let parameters: JSONValue = [
            "components": .array(parts.map(Self.description)), "export": .string(export), "input": run.input,
        ]
        var texts = TextHost(host: host)
        defer { host = texts.host }
        var result = try session.run(
            parameters, run.limits, since: start, host: &texts, check: check, failure: WasmFailure.result)
        if result.isSuccess { result = Self.parsed(result) }
        result.usage.wallMicroseconds = UInt64(clamping: (MonotonicClock.nanoseconds() - start) / 1_000)
        return result
    }

    /// A component behind all that it needs, in the order of the manifest, in which libraries come before those that link them.
    private func linked(_ component: Component) -> [Component] {
        var wanted: Set<String> = [component.id]
        for part in components.reversed() where wanted.contains(part.id) { wanted.formUnion(part.link) }
        wanted.remove(component.id)
        return components.filter { wanted.contains($0.id) } + [component]
    }

    private func verify(_ component: Component) throws(AmxError) {
        let task = "cannot run the component '\(component.id)'"
        guard let digest = component.hash else {
            throw AmxError(.verification, "\(task): the manifest does not say its hash")
        }
        let file = HashedFile(path: "\(folder)/\(component.file.string)", folder: folder, digest: digest)
        stamps[component.id] = try file.verify(task, since: stamps[component.id])
    }

    private static func description(_ component: Component) -> JSONValue {
        [
            "id": .string(component.id), "path": .string(component.file.string),
            "key": .string(component.hash.map { "\($0)" } ?? ""), "link": .array(component.link.map { .string($0) }),
        ]
    }

    /// What the code wrote as its result.
    private static func parsed(_ result: RunResult) -> RunResult {
        var failed = result
        (failed.outcome, failed.result) = (.trap("result"), .null)
        failed.error = "what it gave is no answer: its result is no text"
        guard let text = result.result.string else { return failed }
        do throws(JSONError) {
            var parsed = result
            parsed.result = try JSONParser.parse(Array(text.utf8))
            return parsed
        } catch {
            failed.error = "what it gave back is not JSON: \(error.reason), in line \(error.line)"
            return failed
        }
    }

    private func program(_ limits: SandboxLimits) -> EngineSession.Program {
        let left = max(limits.memoryBytes / 2, limits.memoryBytes - min(limits.memoryBytes, Self.engineBytes))
        return EngineSession.Program(
            language: "WebAssembly", hint: WasmLibrary.hint,
            words: [Self.enginePath, Self.libraryPath, String(min(Self.memoryBytes, left))],
            // A result of 15 MiB is a text of twice that where it is all quotes.
            lineLimit: 32 << 20, leavesMemory: false)
    }
}
