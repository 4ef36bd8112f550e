import Capsules
import Guard
import Isolation
import Objects

/// One server of a capsule: started when it is needed, kept, watched, and started again when it has failed.
final class SupervisedServer {
    /// A server that can be called, or what came of the try to have one.
    enum Readiness {
        case ready(ServerSession)
        case failed(RunResult)
    }

    /// What a server was started with; a run that asks for something else needs another one.
    private struct Terms: Hashable {
        var limits: SandboxLimits
        var environment: [String: String]

        init(_ limits: SandboxLimits, _ environment: [String: String], lifetime: UInt64) {
            (self.limits, self.environment) = (limits, environment)
            self.limits.milliseconds = lifetime
        }
    }

    let declaration: MCPServer
    private(set) var state = EngineState.unloaded
    private let place: ServerPlace
    private let limits: ServerLimits
    private let clock: any RestartClock
    private var schedule = RestartSchedule()
    private var sandbox: Sandbox?
    private var running: (session: ServerSession, terms: Terms)?

    init(_ declaration: MCPServer, in place: ServerPlace, limits: ServerLimits, clock: any RestartClock) {
        (self.declaration, self.place, self.limits, self.clock) = (declaration, place, limits, clock)
    }

    /// The server, started where it is not there; that waits for its turn after a failure, for as long as a run has time.
    ///
    /// What the manifest does not allow to be started is denied. `.verification` where its file is not what the manifest says.
    func ready(
        limits wanted: SandboxLimits, environment: [String: String], host: inout some HostInterface,
        check: () throws(AmxError) -> Void
    ) throws(AmxError) -> Readiness {
        let terms = Terms(wanted, environment, lifetime: limits.lifetimeMilliseconds)
        try leave(unless: terms)
        if let running { return .ready(running.session) }
        do throws(AccessDenial) { try place.gate.checkServer(declaration) } catch {
            return .failed(RunResult(.denied(.gate), error: "\(error)"))
        }
        if case .failed(let why) = state {
            if schedule.isExhausted {
                return .failed(
                    refusal("it failed \(schedule.failures) times in a row, the last time: \(why)"))
            }
            let pause = max(0, schedule.notBefore - clock.nanoseconds())
            guard pause <= Int64(clamping: wanted.milliseconds) * 1_000_000 else {
                return .failed(
                    refusal("it failed, and is started again in \((pause + 999_999_999) / 1_000_000_000) s: \(why)"))
            }
            if pause > 0 { try clock.wait(nanoseconds: pause, check: check) }
        }
        return try start(terms, host: &host, check: check)
    }

    /// Takes a fault of something that might take some time: what came of it, and whether the server stays.
    func failure(
        _ fault: ServerFault, of session: ServerSession, limits wanted: SandboxLimits, milliseconds: UInt64? = nil
    ) throws(AmxError) -> RunResult {
        var wanted = wanted
        if let milliseconds { wanted.milliseconds = milliseconds }
        guard !session.isUsable else { return try Self.result(fault, nil, wanted) }
        let stopped: (ended: SandboxResult, isKilled: Bool)
        running = nil
        do throws(AmxError) { stopped = try session.stop(isPatient: fault.isEnd) } catch {
            fail(error.message)
            throw error
        }
        let log = session.takeLog()
        if case .stopped(let error) = fault {
            state = .unloaded
            throw error
        }
        var result = try Self.result(fault, stopped, wanted)
        // Of a sandbox that could not be made, nothing was said by the server.
        if result.outcome != .setupFailed { result.log = log + stopped.ended.errors }
        if Self.isOutlived(stopped.ended) {
            state = .unloaded
            result.error =
                "the server was ended in the middle of it, as its own time was over; the next call starts it again"
        } else {
            fail(result.error ?? "\(fault)")
        }
        return result
    }

    /// Forgets the failures before.
    func succeed() { schedule.succeed() }

    /// Asks the server whether it is there, if it was; one that is not is ended.
    func checkHealth(check: () throws(AmxError) -> Void) throws(AmxError) -> EngineState {
        guard let running else { return state }
        try leave(unless: running.terms)
        guard let session = self.running?.session else { return state }
        do throws(ServerFault) { try session.ping(check: check) } catch {
            _ = try failure(
                error, of: session, limits: running.terms.limits, milliseconds: limits.healthMilliseconds)
        }
        return state
    }

    /// Stops the server and forgets all failures.
    func unload() throws(AmxError) {
        schedule = RestartSchedule()
        try stop()
        state = .unloaded
    }

    // MARK: Starting and stopping

    private func start(
        _ terms: Terms, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> Readiness {
        state = .loading
        let session: ServerSession
        do throws(AmxError) {
            let command = try place.command(declaration)
            try command.verify(declaration.id)
            let sandbox: Sandbox
            if let present = self.sandbox { sandbox = present } else { sandbox = try place.sandbox() }
            self.sandbox = sandbox
            let program = try sandbox.start(
                command.words, input: nil, environment: command.environment.merging(terms.environment) { $1 },
                limits: terms.limits)
            session = ServerSession(program, limits: limits, trafficLimit: terms.limits.outputBytes)
        } catch {
            state = .failed(error.message)
            throw error
        }
        do throws(ServerFault) { try session.begin(host: &host, check: check) } catch {
            var result = try failure(
                error, of: session, limits: terms.limits, milliseconds: limits.startMilliseconds)
            result.error = "the server '\(declaration.id)' did not start: \(result.error ?? "\(error)")"
            return .failed(result)
        }
        running = (session, terms)
        state = .ready
        return .ready(session)
    }

    /// Lets go of a server that has ended by itself, or that was started for something else.
    private func leave(unless terms: Terms) throws(AmxError) {
        guard let running else { return }
        if running.session.hasEnded {
            self.running = nil
            let ended = try running.session.stop(isPatient: false).ended
            if Self.isOutlived(ended) {
                state = .unloaded
            } else {
                fail(RunResult.failure(ended, limits: running.terms.limits)?.error ?? "it has ended by itself")
            }
        } else if running.terms != terms {
            try stop()
        }
    }

    private func stop() throws(AmxError) {
        guard let session = running?.session else { return }
        state = .unloading
        running = nil
        defer { state = .unloaded }
        _ = try session.stop(isPatient: true)
    }

    private func fail(_ why: String) {
        state = .failed(why)
        schedule.fail(at: clock.nanoseconds())
    }

    /// Whether a server was ended after the time for which it is kept; that is none of its faults.
    private static func isOutlived(_ ended: SandboxResult) -> Bool { ended.ending == .timedOut }

    private func refusal(_ why: String) -> RunResult {
        RunResult(.setupFailed, error: "the server '\(declaration.id)' is not there: \(why)")
    }

    /// What a fault means for a run; with how the server ended, where it did.
    private static func result(
        _ fault: ServerFault, _ stopped: (ended: SandboxResult, isKilled: Bool)?, _ limits: SandboxLimits
    ) throws(AmxError) -> RunResult {
        switch fault {
        case .timedOut: return RunResult(.timeout, error: "it took more than \(limits.milliseconds) ms")
        case .ended:
            guard let stopped, !stopped.isKilled else {
                return RunResult(.trap("protocol"), error: "the server closed its output")
            }
            return RunResult.failure(stopped.ended, limits: limits)
                ?? RunResult(.trap("protocol"), error: "the server ended before it had answered")
        case .malformed(let what): return RunResult(.trap("protocol"), error: what)
        case .exceeded(let what): return RunResult(.denied(.quota), error: what)
        case .refused(let code, let message):
            return RunResult(
                .trap("refused"), error: "the server answered with error \(code): \(message.prefix(4_096))")
        case .stopped(let error): throw error
        }
    }
}
