package import Capsules
package import Isolation
package import Objects

/// JSON-RPC 2.0 with a program, one message a line, in both directions: calls of the program's methods, and the program's calls of its host's
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

    private let lines: LineConnection
    private var lastID: Int64 = 0
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
        lastID += 1
        let id = lastID
        send(["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": parameters])
        while true {
            let message: JSONObject
            do throws(ConnectionFault) { message = try next(until: deadline, while: isWanted) } catch {
                if error == .timedOut { abandoned.insert(id) }
                throw error
            }
            if let method = message["method"]?.string {
                let parameters = message["params"] ?? .object(JSONObject())
                if let request = message["id"] {
                    answer(request, method, parameters, &host)
                } else {
                    notified(Notification(method: method, parameters: parameters))
                }
                continue
            }
            guard let answered = message["id"]?.integer else {
                throw .malformed("a message with neither a method nor the id of a call")
            }
            if abandoned.remove(answered) != nil { continue }
            guard answered == id else { throw .malformed("an answer to call \(answered), which was not made") }
            if let error = message["error"] {
                throw .refused(
                    code: error["code"]?.integer ?? 0, message: error["message"]?.string ?? "", data: error["data"])
            }
            guard let result = message["result"] else { throw .malformed("an answer without a result") }
            return result
        }
    }

    /// Answers what a program asks until it has ended or is done with the talk; `check` is called at least twice a second, and what it throws
    /// ends the program and is thrown on.
    package func serve(
        _ program: SandboxedProgram, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) {
        while true {
            do throws(ConnectionFault) {
                let message = try next(until: MonotonicClock.nanoseconds() + 500_000_000)
                guard let method = message["method"]?.string, let id = message["id"] else { continue }
                answer(id, method, message["params"] ?? .object(JSONObject()), &host)
            } catch .timedOut {
                do throws(AmxError) { try check() } catch {
                    program.end()
                    throw error
                }
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
    private func next(until deadline: Int64, while isWanted: () -> Bool) throws(ConnectionFault) -> JSONObject {
        while true {
            let now = MonotonicClock.nanoseconds()
            guard now < deadline, isWanted() else { throw .timedOut }
            let pause = min(deadline, now + 500_000_000)
            do throws(ConnectionFault) { return try next(until: pause) } catch .timedOut where pause < deadline {}
        }
    }

    private func next(until deadline: Int64) throws(ConnectionFault) -> JSONObject {
        let line = try lines.next(until: deadline)
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(line) } catch {
            throw .malformed("a line that is not JSON: \(error)")
        }
        guard let message = value.object else { throw .malformed("a line that is no object of JSON") }
        return message
    }

    private func answer(
        _ id: JSONValue, _ method: String, _ parameters: JSONValue, _ host: inout some HostInterface
    ) {
        do throws(HostFault) {
            let result = try host.answer(method, parameters)
            send(["jsonrpc": "2.0", "id": id, "result": result])
        } catch {
            let told: JSONValue = ["code": .integer(error.kind.rawValue), "message": .string(error.message)]
            send(["jsonrpc": "2.0", "id": id, "error": told])
        }
    }
}
