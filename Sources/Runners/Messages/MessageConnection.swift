package import Capsules
package import Isolation
package import Objects

/// JSON-RPC 2.0 with a program, one message or batch a line, in both directions: calls of the program's methods, and the program's calls of its host's
/// functions, which are answered while an answer is waited for.
///
/// Not for use by several threads at once. Source: https://www.jsonrpc.org/specification, and the stdio transport of the Model Context
/// Protocol.
package final class MessageConnection {
    /// What a notification of the program says.
    package struct Notification: Hashable, Sendable {
        package var method: String
        package var parameters: JSONValue
    }

    /// What came from the program.
    package enum Message: Sendable {
        /// It asks something, and waits for an answer to this id.
        case request(id: JSONValue, Notification)
        case notification(Notification)
        /// It answers the call of an id: a result, or `refused`.
        case answer(Int64, Result<JSONValue, ConnectionFault>)
    }

    private let lines: LineConnection
    private var lastID: Int64 = 0
    /// What came in one line with other messages, the last one first.
    private var rest: [JSONValue] = []
    /// Calls that nobody waits for any more, whose answers are passed over.
    private var abandoned: Set<Int64> = []

    /// Talks over lines.
    package init(_ lines: LineConnection) { self.lines = lines }

    /// The bytes that went out and came in.
    package var bytes: (out: UInt64, in: UInt64) { (lines.bytesOut, lines.bytesIn) }

    /// Calls a method and waits for its result, until a moment of the monotonic clock in nanoseconds.
    ///
    /// What the program asks meanwhile is answered by `host`, what it tells is given to `notified`. `isWanted` is asked at least twice a
    /// second; when it says no, the time is over. After a fault other than `refused` and `timedOut` the connection is of no use.
    package func call(
        _ method: String, _ parameters: JSONValue, until deadline: Int64, host: inout some HostInterface,
        notified: (Notification) -> Void = { _ in }, isWanted: () -> Bool = { true }
    ) throws(ConnectionFault) -> JSONValue {
        let id = begin(method, parameters)
        while true {
            let message: Message
            do throws(ConnectionFault) { message = try receive(until: deadline, while: isWanted) } catch {
                if error == .timedOut { abandoned.insert(id) }
                throw error
            }
            switch message {
            case .request(let request, let asked): answer(request, asked.method, asked.parameters, &host)
            case .notification(let notification): notified(notification)
            case .answer(let answered, let result):
                if abandoned.remove(answered) != nil { continue }
                guard answered == id else { throw .malformed("an answer to call \(answered), which was not made") }
                return try result.get()
            }
        }
    }

    /// Calls a method without waiting; its id, which the answer has.
    package func begin(_ method: String, _ parameters: JSONValue) -> Int64 {
        lastID += 1
        send(["jsonrpc": "2.0", "id": .integer(lastID), "method": .string(method), "params": parameters])
        return lastID
    }

    /// The next message, waited for until a moment of the monotonic clock in nanoseconds. After a fault other than `timedOut` the connection is
    /// of no use.
    package func receive(until deadline: Int64) throws(ConnectionFault) -> Message {
        let message = try next(until: deadline)
        if let method = message["method"]?.string {
            let said = Notification(method: method, parameters: message["params"] ?? .object(JSONObject()))
            return message["id"].map { .request(id: $0, said) } ?? .notification(said)
        }
        guard let answered = message["id"]?.integer else {
            throw .malformed("a message with neither a method nor the id of a call")
        }
        if let error = message["error"] {
            return .answer(
                answered,
                .failure(
                    .refused(
                        code: error["code"]?.integer ?? 0, message: error["message"]?.string ?? "", data: error["data"])
                ))
        }
        guard let result = message["result"] else { throw .malformed("an answer without a result") }
        return .answer(answered, .success(result))
    }

    /// Answers what the program has asked.
    package func reply(to id: JSONValue, _ answer: Result<JSONValue, HostFault>) {
        switch answer {
        case .success(let result): send(["jsonrpc": "2.0", "id": id, "result": result])
        case .failure(let fault):
            let told: JSONValue = ["code": .integer(fault.kind.rawValue), "message": .string(fault.message)]
            send(["jsonrpc": "2.0", "id": id, "error": told])
        }
    }

    /// Answers what a program asks until it has ended, is done with the talk, or a moment of the monotonic clock in nanoseconds has come: what
    /// it has asked before and nobody has come to is not done any more. `check` is called at least twice a second, and what it throws ends the
    /// program and is thrown on.
    package func serve(
        _ program: SandboxedProgram, until deadline: Int64, host: inout some HostInterface,
        check: () throws(AmxError) -> Void
    ) throws(AmxError) {
        let pause: Int64 = 500_000_000
        var due = MonotonicClock.nanoseconds() + pause
        while true {
            let now = MonotonicClock.nanoseconds()
            guard now < deadline else { return }
            // Also of a program that asks without a pause.
            if now >= due {
                do throws(AmxError) { try check() } catch {
                    program.end()
                    throw error
                }
                due = MonotonicClock.nanoseconds() + pause
            }
            do throws(ConnectionFault) {
                let message = try next(until: min(due, deadline))
                guard let method = message["method"]?.string, let id = message["id"] else { continue }
                answer(id, method, message["params"] ?? .object(JSONObject()), &host)
            } catch .timedOut {
                continue
            } catch {
                return
            }
        }
    }

    /// Tells the program something that it does not answer.
    package func notify(_ method: String, _ parameters: JSONValue = .object(JSONObject())) {
        send(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
    }

    /// The id of the last call, to cancel it by.
    package var lastCall: Int64 { lastID }

    private func send(_ message: JSONValue) { lines.send(JSONWriter.bytes(message)) }

    /// The next message, while it is wanted; also where messages come without a pause, the time is over at some time.
    private func receive(until deadline: Int64, while isWanted: () -> Bool) throws(ConnectionFault) -> Message {
        while true {
            let now = MonotonicClock.nanoseconds()
            guard now < deadline, isWanted() else { throw .timedOut }
            let pause = min(deadline, now + 500_000_000)
            do throws(ConnectionFault) { return try receive(until: pause) } catch .timedOut where pause < deadline {}
        }
    }

    private func next(until deadline: Int64) throws(ConnectionFault) -> JSONObject {
        if rest.isEmpty {
            let line = try lines.next(until: deadline)
            let value: JSONValue
            do throws(JSONError) { value = try JSONParser.parse(line) } catch {
                throw .malformed("a line that is not JSON: \(error.reason)")
            }
            rest = value.array?.reversed() ?? [value]
        }
        // A batch asks for much by few bytes.
        try lines.checkUnsent()
        guard let value = rest.popLast() else { throw .malformed("an empty batch") }
        guard let message = value.object else { throw .malformed("a line that is no object of JSON") }
        return message
    }

    private func answer(
        _ id: JSONValue, _ method: String, _ parameters: JSONValue, _ host: inout some HostInterface
    ) {
        do throws(HostFault) { reply(to: id, .success(try host.answer(method, parameters))) } catch {
            reply(to: id, .failure(error))
        }
    }
}
