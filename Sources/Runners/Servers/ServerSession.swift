package import Capsules
package import Isolation
package import Objects

/// A talk with a running server of the Model Context Protocol, as its client, which offers nothing to it.
///
/// Blocks its thread; not for use by several threads at once. When it goes, the server is ended. Source:
/// https://modelcontextprotocol.io/specification/2025-11-25 and `docs/running.md`, "MCP servers".
package final class ServerSession {
    /// What the server calls itself.
    package private(set) var name = ""
    /// The revision that it chose.
    package private(set) var version = ProtocolVersion.newest
    /// What it lists, in its order.
    package private(set) var tools: [ServerTool] = []
    /// Whether it can be called; false once it has ended or broken the protocol.
    package private(set) var isUsable = true
    private var isStopped = false
    let program: SandboxedProgram
    let connection: MessageConnection
    let limits: ServerLimits
    /// What it may send during one exchange, in bytes.
    let trafficLimit: UInt64
    var log: ServerLog
    /// Whether it has said that its list is another one.
    var hasOtherTools = false

    /// Talks with a program that was just started, which may send `trafficLimit` bytes during one call.
    package init(_ program: SandboxedProgram, limits: ServerLimits, trafficLimit: UInt64) {
        (self.program, self.limits, self.trafficLimit) = (program, limits, trafficLimit)
        connection = MessageConnection(
            LineConnection(
                reading: program.output, writing: program.input, lineLimit: limits.messageBytes, of: program))
        log = ServerLog(limits)
    }

    /// Agrees on a revision and learns what tools there are; to be called once, first.
    package func begin(
        host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(ServerFault) {
        let deadline = Self.moment(after: limits.startMilliseconds)
        try using { () throws(ServerFault) in
            let about = try exchange(
                "initialize",
                [
                    "protocolVersion": .string(ProtocolVersion.newest.rawValue), "capabilities": [:],
                    "clientInfo": ["name": "amx", "version": "0.1.0"],
                ], until: deadline, host: &host, check: check)
            guard let spoken = about["protocolVersion"]?.string else {
                throw .malformed("it does not say which version of the protocol it speaks")
            }
            guard let version = ProtocolVersion(rawValue: spoken) else {
                throw .malformed(
                    "it speaks version '\(spoken.prefix(64))' of the protocol, which is none of "
                        + ProtocolVersion.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.version = version
            name = String((about["serverInfo"]?["name"]?.string ?? "").prefix(limits.nameBytes))
            connection.notify("notifications/initialized")
            guard about["capabilities"]?["tools"]?.object != nil else { return }
            tools = try list(until: deadline, host: &host, check: check)
        }
    }

    /// Lists the tools anew where the server has said that there are others.
    package func refresh(
        host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(ServerFault) {
        guard hasOtherTools else { return }
        hasOtherTools = false
        let deadline = Self.moment(after: limits.startMilliseconds)
        try using { () throws(ServerFault) in tools = try list(until: deadline, host: &host, check: check) }
        log.add(line: "amx: the server's tools have changed")
    }

    /// Calls a tool; the result as the server gives it.
    ///
    /// A call that takes too long, or that nobody wants any more, is cancelled; a server that is not there then is of no use.
    package func call(
        _ tool: String, _ arguments: JSONObject, milliseconds: UInt64, host: inout some HostInterface,
        check: () throws(AmxError) -> Void
    ) throws(ServerFault) -> JSONValue {
        do throws(ServerFault) {
            return try exchange(
                "tools/call", ["name": .string(tool), "arguments": .object(arguments)],
                until: Self.moment(after: milliseconds), host: &host, check: check)
        } catch {
            switch error {
            case .timedOut: cancel(because: "it took too long")
            case .stopped: cancel(because: "it is no longer wanted")
            default: isUsable = isUsable && !error.isFatal
            }
            throw error
        }
    }

    /// Asks whether the server is there, and waits for its answer.
    package func ping(check: () throws(AmxError) -> Void = {}) throws(ServerFault) {
        var host = NoHost()
        let deadline = Self.moment(after: limits.healthMilliseconds)
        try using { () throws(ServerFault) in
            _ = try exchange("ping", [:], until: deadline, host: &host, check: check)
        }
    }

    /// What the server has told since it was asked last: its log, then, as long as it was not stopped, its standard error.
    package func takeLog() -> [UInt8] {
        if !isStopped { log.add(program.takeErrors()) }
        defer { log = ServerLog(limits) }
        return log.bytes
    }

    /// Stops the server, and waits until nothing of it is left; once only. Also says whether it had to be killed.
    ///
    /// A patient stop closes its input and waits for the grace time before it kills.
    package func stop(isPatient: Bool) throws(AmxError) -> (ended: SandboxResult, isKilled: Bool) {
        (isUsable, isStopped) = (false, true)
        var isEnded = false
        if isPatient {
            program.closeInput()
            let deadline = Self.moment(after: limits.graceMilliseconds)
            while !isEnded, case let left = deadline - MonotonicClock.nanoseconds(), left > 0 {
                isEnded = program.isEnded(milliseconds: Int32(clamping: left / 1_000_000 + 1))
            }
        }
        if !isEnded { program.end() }
        return (try program.wait(), !isEnded)
    }

    /// Whether the server has ended although nobody asked for it.
    package var hasEnded: Bool { program.isEnded(milliseconds: 0) }

    /// A moment of the monotonic clock, some milliseconds from now.
    static func moment(after milliseconds: UInt64) -> Int64 {
        MonotonicClock.nanoseconds() + Int64(clamping: min(milliseconds, 1 << 40) * 1_000_000)
    }

    // MARK: Cancelling

    /// Does something after whose failure, of any kind, the server is of no use.
    private func using(_ body: () throws(ServerFault) -> Void) throws(ServerFault) {
        do throws(ServerFault) { try body() } catch {
            isUsable = false
            throw error
        }
    }

    /// Tells the server that the last call is no longer wanted. Its answer, if one comes, is passed over; a server that does not answer
    /// a ping soon is of no use.
    private func cancel(because reason: String) {
        connection.notify(
            "notifications/cancelled", ["requestId": .integer(connection.lastCall), "reason": .string(reason)])
        var host = NoHost()
        do throws(ServerFault) {
            _ = try exchange("ping", [:], until: Self.moment(after: limits.cancellationMilliseconds), host: &host) {}
        } catch {
            isUsable = false
        }
    }
}
