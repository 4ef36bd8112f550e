import CLinux
import Capsules
import Glibc
import Isolation
import Objects

/// A program with an engine in the sandbox, as its supervisor sees it: it takes one call after the other.
///
/// What it says is a stranger's word: a capsule's code may have taken it over. Not for use by several threads at once.
final class EngineSession {
    /// Which program it is, and what is said of it.
    struct Program: Sendable {
        /// What it runs, for people.
        var language: String
        /// What to do where its engine is not on the machine.
        var hint: String
        /// The words that start it in the sandbox.
        var words: [String]
        /// The longest message in bytes.
        var lineLimit = 16 << 20
        /// Whether what a call has used may be missed by the next one.
        var leavesMemory = true
    }

    /// How long it lives at most beside its last call.
    private static let lifeMilliseconds: UInt64 = 600_000
    /// What the engine itself needs.
    private static let (leastProcesses, leastFiles): (UInt64, UInt64) = (32, 32)
    /// How long it may take to leave by itself.
    private static let leaveNanoseconds: Int64 = 1_000_000_000
    /// The exit status that says that there is no engine on the machine.
    private static let noEngine: UInt8 = 3

    /// Whether another call can be made.
    private(set) var isUsable = true
    private let kind: Program
    private let program: SandboxedProgram
    private let connection: MessageConnection
    private var socket: Int32
    private let limits: SandboxLimits
    private let birth = MonotonicClock.nanoseconds()
    /// Whether it has said that the engine is there.
    private var isReady = false
    /// What it says of itself, for where no control group counts.
    private var told = (processor: UInt64(0), peak: UInt64(0))

    init(_ kind: Program, in sandbox: Sandbox, _ limits: SandboxLimits) throws(AmxError) {
        (self.kind, self.limits) = (kind, limits)
        var longer = limits
        longer.milliseconds = Self.lifeMilliseconds.addingReportingOverflow(limits.milliseconds).partialValue
        // Threads and files are the engine's own: what it runs starts none and opens few.
        longer.processes = max(limits.processes, Self.leastProcesses)
        longer.openFiles = max(limits.openFiles, Self.leastFiles)
        var sockets: [Int32] = [-1, -1]
        guard amx_stream_sockets(&sockets) == 0 else { throw AmxError.system("cannot make a socket") }
        defer { close(sockets[1]) }
        do throws(AmxError) {
            program = try sandbox.start(kind.words, input: [], channel: sockets[1], limits: longer)
        } catch {
            close(sockets[0])
            throw error
        }
        socket = sockets[0]
        connection = MessageConnection(
            LineConnection(reading: sockets[0], writing: sockets[0], lineLimit: kind.lineLimit, of: program))
    }

    deinit { if socket >= 0 { close(socket) } }

    /// Whether a call with some limits can be made of it.
    func fits(_ limits: SandboxLimits) -> Bool {
        var own = self.limits
        own.milliseconds = limits.milliseconds
        let age = UInt64(clamping: (MonotonicClock.nanoseconds() - birth) / 1_000_000)
        return isUsable && own == limits && limits.milliseconds <= self.limits.milliseconds
            && age < Self.lifeMilliseconds && !program.isEnded(milliseconds: 0)
    }

    /// Ends it in a way that the next one can be started soonest.
    func leave() throws(AmxError) {
        guard isUsable else { return }
        isUsable = false
        closeSocket()
        let deadline = MonotonicClock.nanoseconds() + Self.leaveNanoseconds
        while !program.isEnded(milliseconds: 100) {
            guard MonotonicClock.nanoseconds() < deadline else {
                program.end()
                break
            }
        }
        _ = try program.wait()
    }

    /// Asks for a run; `failure` says what an answer that is an error means, by its code and data.
    func run(
        _ parameters: JSONValue, _ limits: SandboxLimits, since start: Int64, host: inout some HostInterface,
        check: () throws(AmxError) -> Void, failure: (Int64, JSONValue?) -> RunResult
    ) throws(AmxError) -> RunResult {
        program.forgetPeak()
        let before = (processor: program.counted?.processorMicroseconds ?? told.processor, bytes: connection.bytes)
        let nanoseconds = Int64(clamping: limits.milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
        let (deadline, isNever) = start.addingReportingOverflow(nanoseconds)
        var reason: AmxError?
        var result: RunResult
        do throws(ConnectionFault) {
            let value = try connection.call("run", parameters, until: isNever ? .max : deadline, host: &host) {
                hear($0)
            } isWanted: {
                do throws(AmxError) { try check() } catch { reason = error }
                return reason == nil
            }
            result = RunResult(value)
        } catch .refused(let code, _, let data) {
            result = failure(code, data)
        } catch {
            isUsable = false
            result = try end(error, limits)
        }
        if let reason { throw reason }
        result.usage.isMemoryWatched = program.isWatched
        if let counted = program.counted {
            result.usage.processorMicroseconds = counted.processorMicroseconds
            result.usage.peakBytes = counted.peakBytes
        } else if isUsable {
            result.usage.processorMicroseconds = told.processor
            result.usage.peakBytes = told.peak
        }
        if isUsable { result.log += program.takeErrors() }
        result.usage.processorMicroseconds -= min(before.processor, result.usage.processorMicroseconds)
        result.usage.bytesIn = connection.bytes.out - before.bytes.out
        result.usage.bytesOut = connection.bytes.in - before.bytes.in
        // What the call before has left of the memory is not to be missed by the next one.
        if isUsable, kind.leavesMemory, result.usage.peakBytes > limits.memoryBytes / 2 { try leave() }
        return result
    }

    private func hear(_ notification: MessageConnection.Notification) {
        if notification.method == "ready" { isReady = true }
        guard notification.method == "usage" else { return }
        let parameters = notification.parameters
        told.processor = UInt64(clamping: parameters["processorMicroseconds"]?.integer ?? 0)
        told.peak = UInt64(clamping: parameters["peakBytes"]?.integer ?? 0)
    }

    /// What to say of a call after which the program is of no use; it is ended.
    private func end(_ fault: ConnectionFault, _ limits: SandboxLimits) throws(AmxError) -> RunResult {
        if fault != .ended { program.end() }
        closeSocket()
        let ended = try program.wait()
        let usage = ResourceUsage(ended)
        if ended.ending == .exited(Self.noEngine), !isReady {
            throw AmxError(
                .failure, "cannot run \(kind.language): \(RunResult.lastLine(ended.errors))", hint: kind.hint)
        }
        // It may have been killed for its memory in the moment in which it would have been ended.
        if let failure = RunResult.failure(ended, limits: limits), fault == .ended || failure.outcome == .oom {
            return failure
        }
        switch fault {
        case .timedOut:
            return RunResult(
                .timeout, error: "it took more than \(limits.milliseconds) ms", usage: usage, log: ended.errors)
        case .malformed(let what):
            return RunResult(
                .trap("result"), error: "what it gave is no answer: \(what)", usage: usage, log: ended.errors)
        case .ended, .refused:
            return RunResult(.trap("result"), error: "it ended without an answer", usage: usage, log: ended.errors)
        }
    }

    private func closeSocket() {
        if socket >= 0 { close(socket) }
        socket = -1
    }
}
