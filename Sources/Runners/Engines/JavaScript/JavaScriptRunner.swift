import Capsules
import Glibc
package import Isolation
package import Objects

/// Runs functions of JavaScript: each call in a virtual machine of its own, by an engine in the sandbox that stays
/// there for the next call (`docs/running.md`, "JavaScript").
package final class JavaScriptRunner: EngineRunner {
    /// Where the program is seen in the sandbox.
    private static let enginePath = "/amx/js"

    private let sandbox: Sandbox
    private let library: String?
    private var waiting = WaitingEngine()
    /// The engine that waits for a call; nil before the first one, and after one that it did not survive.
    var session: EngineSession? { waiting.session }

    /// Runs in a sandbox around a folder of files that are as the capsule has them, by the programs `amx-worker` at a
    /// path and `amx-js` beside it; with a `machine`, in a guest of it. `library` is the engine's name, for tests.
    ///
    /// `.failure` and `.denied` as for ``Sandbox``; also where `amx-js` is missing.
    package init(
        worker: String, showing folder: String, heldMemory: Bool = false, machine: VirtualMachine? = nil,
        library: String? = nil
    ) throws(AmxError) {
        let engine = (worker.lastIndex(of: "/").map { String(worker[...$0]) } ?? "") + "amx-js"
        guard access(engine, X_OK) == 0 else {
            throw AmxError(
                .failure, "cannot run JavaScript: there is no program \(engine)",
                hint: "`amx-js` belongs beside `amx-worker`; install Amx again")
        }
        sandbox = try Sandbox(
            worker: worker, showing: folder,
            with: [SandboxView.Shown(engine, at: Self.enginePath)], heldMemory: heldMemory, machine: machine)
        self.library = library
    }

    /// Starts the engine ahead of a call with such limits, without waiting for it.
    package func prepare(_ limits: SandboxLimits) throws(AmxError) {
        _ = try waiting.ready(in: sandbox, limits, program(limits))
    }

    package func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError) {
        try prepare(limits)
    }

    package func unload() throws(AmxError) {
        try waiting.leave()
    }

    package func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        guard case .file(let path) = run.handler else {
            return RunResult(.setupFailed, error: "\(run.handler) is not a file of JavaScript")
        }
        let start = MonotonicClock.nanoseconds()
        let session = try waiting.ready(in: sandbox, run.limits, program(run.limits))
        defer { waiting.forgetSpent() }
        var result = try session.run(
            ["path": .string(path.string), "input": run.input], run.limits, since: start, host: &host, check: check,
            failure: JavaScriptFailure.result)
        result.usage.wallMicroseconds = UInt64(clamping: (MonotonicClock.nanoseconds() - start) / 1_000)
        return result
    }

    private func program(_ limits: SandboxLimits) -> EngineSession.Program {
        EngineSession.Program(
            language: "JavaScript",
            hint: "install JavaScriptCore, on Debian with `apt-get install libjavascriptcoregtk-4.1-0`",
            words: [Self.enginePath, String(limits.memoryBytes)] + (library.map { [$0] } ?? []))
    }
}
