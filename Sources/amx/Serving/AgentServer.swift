import Capsules
import Objects
import Runners

/// A server of the Model Context Protocol whose tools are those of capsules. Source: https://modelcontextprotocol.io/specification/2025-11-25
///
/// Safe for use by several threads.
final class AgentServer: Sendable {
    private struct State: Sendable {
        var calls: [JSONValue: Call] = [:]
        /// What the messages of these have taken together, in bytes.
        var bytes = 0
        var isReady = false
    }

    private struct Call: Sendable {
        let cancellation: Cancellation
        let bytes: Int
    }

    private let workspace: ServedWorkspace
    private let monitor = Monitor(State())
    private let send: @Sendable ([UInt8]) -> Void
    /// What waits until servers have told what they have.
    private let lists = ThreadPool<Void>(most: 4, waiting: 256, patience: 1_000_000_000, make: {})

    /// How long a list of tools waits for servers to tell what they have, in nanoseconds.
    private static let patience: Int64 = 5_000_000_000
    /// The most messages in one list of them.
    private static let batchLimit = 1_000
    /// The most bytes of the messages of calls that wait or are under way.
    private static let byteLimit = 64 << 20
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
        let messages = message.array ?? [message]
        guard (1...Self.batchLimit).contains(messages.count) else {
            return refuse(
                .null, Self.invalidRequest,
                "a list of messages has at least one of them, and at most \(Self.batchLimit)")
        }
        for one in messages { take(one, bytes: line.count / messages.count) }
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
            if !wanted { Self.cancel(holder.state) }
            while !holder.state.calls.isEmpty {
                holder.wait(nanoseconds: 200_000_000)
                if Interruption.hasHappened { Self.cancel(holder.state) }
            }
        }
        lists.stop()
    }

    private static func cancel(_ state: State) { for call in state.calls.values { call.cancellation.cancel() } }

    // MARK: Messages

    private func take(_ message: JSONValue, bytes: Int) {
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
        answer(id, method, parameters, bytes: bytes)
    }

    private func hear(_ method: String, _ parameters: JSONValue) {
        switch method {
        case "notifications/initialized": monitor.withLock { $0.state.isReady = true }
        case "notifications/cancelled":
            guard let id = parameters["requestId"] else { return }
            monitor.withLock { $0.state.calls[id]?.cancellation.cancel() }
        default: break
        }
    }

    private func answer(_ id: JSONValue, _ method: String, _ parameters: JSONValue, bytes: Int) {
        switch method {
        case "initialize": reply(id, Self.introduction(parameters))
        case "ping": reply(id, [:])
        case "tools/list":
            guard parameters["cursor"] ?? .null == .null else {
                return refuse(id, Self.invalidParameters, "there is no such page")
            }
            list(id, bytes: bytes)
        case "tools/call": call(id, parameters, bytes: bytes)
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

    private func list(_ id: JSONValue, bytes: Int) {
        guard workspace.isAskingServers else { return replyTools(id) }
        // Servers have to start first; meanwhile other messages are taken.
        guard let cancellation = begin(id, bytes: bytes) else { return refuseToBegin(id) }
        let isTaken = lists.submit { [self] _ in
            workspace.waitForServers(nanoseconds: Self.patience) { cancellation.hasHappened }
            if !cancellation.hasHappened { replyTools(id) }
            end(id)
        }
        if !isTaken {
            replyTools(id)
            end(id)
        }
    }

    private func replyTools(_ id: JSONValue) { reply(id, ["tools": .array(workspace.tools.map(\.json))]) }

    private func call(_ id: JSONValue, _ parameters: JSONValue, bytes: Int) {
        guard let name = parameters["name"]?.string, let entry = workspace.entry(named: name) else {
            let name = parameters["name"]?.string ?? ""
            return refuse(
                id, Self.invalidParameters, "there is no tool '\(TreeRules.printable(name.utf8.prefix(128)))'")
        }
        var input = parameters["arguments"] ?? [:]
        if input == .null { input = [:] }
        guard case .object = input else { return refuse(id, Self.invalidParameters, "the arguments are no object") }
        guard let cancellation = begin(id, bytes: bytes) else { return refuseToBegin(id) }
        let attempt = RunAttempt(entry.tool.target, input: input)
        let isTaken = entry.capsule.run(attempt, unless: cancellation) { [self] outcome in
            finish(id, cancellation, outcome, entry.tool)
        }
        if !isTaken {
            let error =
                entry.capsule.isReady
                ? AmxError(.failure, "too many calls of \(name) wait", hint: "call it again later")
                : ServedCapsule.changed
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

    /// Notes that a call is under way; nil where one with the same id is, or where too much is.
    private func begin(_ id: JSONValue, bytes: Int) -> Cancellation? {
        monitor.withLock { holder in
            guard holder.state.calls[id] == nil, holder.state.bytes + bytes <= Self.byteLimit else { return nil }
            let call = Call(cancellation: Cancellation(), bytes: bytes)
            holder.state.calls[id] = call
            holder.state.bytes += bytes
            return call.cancellation
        }
    }

    private func refuseToBegin(_ id: JSONValue) {
        let isUnderWay = monitor.withLock { $0.state.calls[id] != nil }
        let text =
            isUnderWay
            ? "a call with this id is under way" : "the calls that wait have more than \(Self.byteLimit) bytes"
        refuse(id, Self.invalidRequest, text)
    }

    private func end(_ id: JSONValue) {
        monitor.withLock { holder in
            holder.state.bytes -= holder.state.calls.removeValue(forKey: id)?.bytes ?? 0
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
