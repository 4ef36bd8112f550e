import Capsules
import Objects
import Runners

/// A server of the Model Context Protocol whose tools are those of capsules. Source: https://modelcontextprotocol.io/specification/2025-11-25
///
/// Safe for use by several threads.
final class AgentServer: Sendable {
    private struct State: Sendable {
        var calls: [JSONValue: Cancellation] = [:]
        var isReady = false
    }

    private let workspace: ServedWorkspace
    private let monitor = Monitor(State())
    private let send: @Sendable ([UInt8]) -> Void

    /// How long a list of tools waits for servers to tell what they have, in nanoseconds.
    private static let patience: Int64 = 5_000_000_000
    /// JSON-RPC's own codes.
    private static let (parseError, invalidRequest, unknownMethod, invalidParameters): (Int64, Int64, Int64, Int64) =
        (-32_700, -32_600, -32_601, -32_602)

    /// `send` is given whole messages, each with the end of its line, by any thread.
    init(_ workspace: ServedWorkspace, send: @escaping @Sendable ([UInt8]) -> Void) {
        (self.workspace, self.send) = (workspace, send)
    }

    /// Takes one message; what takes time is done by other threads.
    func take(_ line: [UInt8]) {
        let message: JSONValue
        do throws(JSONError) { message = try JSONParser.parse(line) } catch {
            return refuse(.null, Self.parseError, "not JSON: \(error.reason)")
        }
        // A list of messages, as the revision of March 2025 has them.
        for one in message.array ?? [message] { take(one) }
    }

    /// Says that a message was longer than one may be.
    func refuseTooLong() {
        refuse(.null, Self.invalidRequest, "the message has more than \(MessageLines.limit) bytes")
    }

    /// Tells the client that there are other tools.
    func tellOfOtherTools() {
        guard monitor.withLock({ $0.state.isReady }) else { return }
        write(["jsonrpc": "2.0", "method": "notifications/tools/list_changed"])
    }

    /// Returns when all calls have been answered; where they are not `wanted` any more, that is soon.
    func finish(wanted: Bool) {
        monitor.withLock { holder in
            if !wanted { for call in holder.state.calls.values { call.cancel() } }
            while !holder.state.calls.isEmpty {
                holder.wait(nanoseconds: 200_000_000)
                if Interruption.hasHappened { for call in holder.state.calls.values { call.cancel() } }
            }
        }
    }

    // MARK: Messages

    private func take(_ message: JSONValue) {
        guard case .object = message else { return refuse(.null, Self.invalidRequest, "the message is no object") }
        let parameters = message["params"] ?? [:]
        guard let method = message["method"]?.string else {
            // An answer: nothing was asked.
            if message["result"] != nil || message["error"] != nil { return }
            return refuse(message["id"] ?? .null, Self.invalidRequest, "the message has no method")
        }
        guard let id = message["id"] else { return hear(method, parameters) }
        guard id.string != nil || id.integer != nil else {
            return refuse(.null, Self.invalidRequest, "an id is a text or a whole number")
        }
        answer(id, method, parameters)
    }

    private func hear(_ method: String, _ parameters: JSONValue) {
        switch method {
        case "notifications/initialized": monitor.withLock { $0.state.isReady = true }
        case "notifications/cancelled":
            guard let id = parameters["requestId"] else { return }
            monitor.withLock { $0.state.calls[id]?.cancel() }
        default: break
        }
    }

    private func answer(_ id: JSONValue, _ method: String, _ parameters: JSONValue) {
        switch method {
        case "initialize": reply(id, Self.introduction(parameters))
        case "ping": reply(id, [:])
        case "tools/list":
            guard parameters["cursor"] == nil else {
                return refuse(id, Self.invalidParameters, "there is no such page")
            }
            // Servers may have to start first; meanwhile other messages are taken.
            let list: @Sendable () -> Void = { [self] in
                workspace.waitForServers(nanoseconds: Self.patience)
                reply(id, ["tools": .array(workspace.tools.map(\.json))])
                end(id)
            }
            guard begin(id) != nil else {
                return refuse(id, Self.invalidRequest, "a call with this id is under way")
            }
            if !WorkerThreads.start(list) { list() }
        case "tools/call": call(id, parameters)
        default: refuse(id, Self.unknownMethod, "there is no method '\(method.prefix(64))'")
        }
    }

    private static func introduction(_ parameters: JSONValue) -> JSONValue {
        let asked = parameters["protocolVersion"]?.string ?? ""
        let version = ProtocolVersion(rawValue: asked) ?? .newest
        return [
            "protocolVersion": .string(version.rawValue), "capabilities": ["tools": ["listChanged": true]],
            "serverInfo": ["name": "amx", "title": "Amx", "version": .string(Amx.version)],
            "instructions": """
            The tools of the knowledge capsules of a workspace. Each call runs in a sandbox with the limits of its capsule. \
            A call that needs somebody's approval says so: it can be made again once that is given.
            """,
        ]
    }

    private func call(_ id: JSONValue, _ parameters: JSONValue) {
        guard let name = parameters["name"]?.string, let entry = workspace.entry(named: name) else {
            let name = parameters["name"]?.string ?? ""
            return refuse(
                id, Self.invalidParameters, "there is no tool '\(TreeRules.printable(name.utf8.prefix(128)))'")
        }
        let input = parameters["arguments"] ?? [:]
        guard case .object = input else { return refuse(id, Self.invalidParameters, "the arguments are no object") }
        guard let cancellation = begin(id) else {
            return refuse(id, Self.invalidRequest, "a call with this id is under way")
        }
        let attempt = RunAttempt(entry.tool.target, input: input)
        let isTaken = entry.capsule.run(attempt, unless: cancellation) { [self] outcome in
            finish(id, cancellation, outcome, entry.tool)
        }
        if !isTaken {
            let error = AmxError(.failure, "too many calls of \(name) wait", hint: "call it again later")
            finish(id, cancellation, .failure(error), entry.tool)
        }
    }

    private func finish(
        _ id: JSONValue, _ cancellation: Cancellation, _ outcome: Result<RunAttempt.Outcome, AmxError>,
        _ tool: ServedTool
    ) {
        // Nobody wants the answer of a call that was cancelled.
        if !cancellation.hasHappened {
            switch outcome {
            case .success(let outcome): reply(id, ToolAnswer.json(outcome, of: tool.name, by: tool.target.engine))
            case .failure(let error): reply(id, ToolAnswer.failure(error.message, hint: error.hint))
            }
        }
        end(id)
    }

    /// Notes that a call is under way; nil where one with the same id is.
    private func begin(_ id: JSONValue) -> Cancellation? {
        monitor.withLock { holder in
            guard holder.state.calls[id] == nil else { return nil }
            let cancellation = Cancellation()
            holder.state.calls[id] = cancellation
            return cancellation
        }
    }

    private func end(_ id: JSONValue) {
        monitor.withLock { holder in
            holder.state.calls[id] = nil
            holder.wakeAll()
        }
    }

    // MARK: Answers

    private func reply(_ id: JSONValue, _ result: JSONValue) {
        write(["jsonrpc": "2.0", "id": id, "result": result])
    }

    private func refuse(_ id: JSONValue, _ code: Int64, _ message: String) {
        write(["jsonrpc": "2.0", "id": id, "error": ["code": .integer(code), "message": .string(message)]])
    }

    private func write(_ message: JSONValue) { send(JSONWriter.bytes(message) + [UInt8(ascii: "\n")]) }
}
