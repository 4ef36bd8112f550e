package import Capsules
package import Isolation
package import Objects

/// Runs the tools of a capsule's servers, which are started at their first call and kept.
///
/// Each server has a sandbox of its own. Not for use by several threads at once; when it goes, its servers are ended. Source:
/// `docs/running.md`, "MCP servers".
package final class ServerRunner: EngineRunner {
    private let servers: [SupervisedServer]
    private let limits: ServerLimits

    /// Runs some servers of a manifest at a place.
    package init(
        _ servers: [MCPServer], in place: ServerPlace, limits: ServerLimits = ServerLimits(),
        clock: any RestartClock = MonotonicRestartClock()
    ) {
        self.limits = limits
        self.servers = servers.map { SupervisedServer($0, in: place, limits: limits, clock: clock) }
    }

    /// Calls a tool; the result is an object with `content`, and `structuredContent` where the server gives it.
    ///
    /// `.verification` where the server's file is not what the manifest says; nothing of it runs then.
    package func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        guard case .server(let id, let tool) = run.handler, let server = server(id) else {
            return RunResult(.setupFailed, error: "\(run.handler) is no tool of a server")
        }
        guard let arguments = run.input == .null ? JSONObject() : run.input.object else {
            return RunResult(.trap("input"), error: "what a server's tool takes is an object")
        }
        let session: ServerSession
        switch try server.ready(limits: run.limits, environment: run.environment, host: &host, check: check) {
        case .ready(let ready): session = ready
        case .failed(let result): return result
        }
        session.program.forgetPeak()
        let (before, start) = (session.meter, MonotonicClock.nanoseconds())
        var result: RunResult
        do throws(ServerFault) {
            try session.refresh(host: &host, check: check)
            if session.tools.contains(where: { $0.name.utf8.elementsEqual(tool.utf8) }) {
                result = RunResult.tool(
                    try session.call(
                        tool, arguments, milliseconds: run.limits.milliseconds, host: &host, check: check),
                    errorBytes: limits.errorBytes)
            } else {
                result = RunResult(.trap("refused"), error: Self.unknown(tool, session.tools))
            }
            server.succeed()
        } catch {
            if case .refused = error { server.succeed() }
            result = try server.failure(error, of: session, limits: run.limits)
        }
        if session.isUsable { result.log = session.takeLog() }
        result.usage = session.meter.usage(since: before, result.usage)
        result.usage.isMemoryWatched = session.program.isWatched
        result.usage.wallMicroseconds = UInt64(clamping: (MonotonicClock.nanoseconds() - start) / 1_000)
        return result
    }

    /// What a server lists; it is started where it is not there. `.failure` where it does not, `.notFound` where there is no such server.
    package func tools(
        of id: String, limits: SandboxLimits = SandboxLimits(), environment: [String: String] = [:],
        check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> [ServerTool] {
        guard let server = server(id) else {
            throw AmxError(.notFound, "there is no server '\(id)'", hint: "declare it in 'mcpServers'")
        }
        var host = NoHost()
        switch try server.ready(limits: limits, environment: environment, host: &host, check: check) {
        case .failed(let result): throw AmxError(.failure, result.error ?? "the server '\(id)' is not there")
        case .ready(let session):
            do throws(ServerFault) { try session.refresh(host: &host, check: check) } catch {
                let result = try server.failure(error, of: session, limits: limits)
                throw AmxError(.failure, "the server '\(id)' does not list its tools: \(result.error ?? "\(error)")")
            }
            return session.tools
        }
    }

    /// Starts all servers, in the manifest's order; `.failure` for the first that does not start.
    package func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError) {
        for server in servers {
            var host = NoHost()
            guard
                case .failed(let result) = try server.ready(limits: limits, environment: [:], host: &host, check: check)
            else { continue }
            throw AmxError(
                .failure, result.error ?? "the server '\(server.declaration.id)' is not there",
                hint: "`amx run` shows what a tool of it says")
        }
    }

    /// What the first server that has failed is at; else that all are ready, or have not been started.
    package func health(check: () throws(AmxError) -> Void) throws(AmxError) -> EngineState {
        for (_, state) in try checkHealth(check: check) {
            if case .failed = state { return state }
        }
        return .ready
    }

    /// All tools of all servers, in the manifest's order and theirs.
    package func offeredTools(
        _ limits: SandboxLimits, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> [OfferedTool] {
        var all: [OfferedTool] = []
        for server in servers {
            let id = server.declaration.id
            all += try tools(of: id, limits: limits, check: check).map {
                OfferedTool(handler: .server(id: id, tool: $0.name), tool: $0)
            }
        }
        return all
    }

    /// What a server is at; nil where there is no such server.
    package func state(of id: String) -> EngineState? { server(id)?.state }

    /// Asks each server that runs whether it is there, and ends those that are not; what each is at then, in the manifest's order.
    package func checkHealth(
        check: () throws(AmxError) -> Void = {}
    ) throws(AmxError) -> [(id: String, state: EngineState)] {
        var states: [(id: String, state: EngineState)] = []
        for server in servers { states.append((server.declaration.id, try server.checkHealth(check: check))) }
        return states
    }

    /// Stops all servers, as far as they can be stopped, and forgets their failures; the first error is thrown on afterwards.
    package func unload() throws(AmxError) {
        var first: AmxError?
        for server in servers {
            do throws(AmxError) { try server.unload() } catch { first = first ?? error }
        }
        if let first { throw first }
    }

    private func server(_ id: String) -> SupervisedServer? {
        servers.first { $0.declaration.id.utf8.elementsEqual(id.utf8) }
    }

    private static func unknown(_ tool: String, _ tools: [ServerTool]) -> String {
        let names = tools.prefix(20).map(\.name).joined(separator: ", ")
        return "the server has no tool '\(tool)'; it has \(tools.isEmpty ? "none" : names)"
    }
}
