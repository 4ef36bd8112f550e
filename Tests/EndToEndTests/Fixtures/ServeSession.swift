import Foundation
import Objects
import TestSupport

/// A client of `amx serve`, which says and hears JSON-RPC as the tests want it.
///
/// Safe for use by several threads.
final class ServeSession: Sendable {
    private struct State: Sendable {
        var messages: [JSONNode] = []
        /// Lines of its output that are no messages.
        var others: [String] = []
        var isAtEnd = false
        var lastID = 0
    }

    let program: RunningProgram
    /// Whose it is; their folders go with them.
    private let work: AmxTool
    private let monitor = Monitor(State())
    private let input: Pipe
    private let errorFile: String
    private let folder: TemporaryDirectory

    /// Starts it in a workspace, and introduces itself unless told otherwise.
    init(_ work: AmxTool, _ arguments: [String] = [], introduced: Bool = true, heard: Bool = true) throws {
        (self.work, input, folder) = (work, Pipe(), try TemporaryDirectory("amx-serve"))
        errorFile = try folder.write("errors", text: "")
        let (output, errors) = (Pipe(), try FileHandle(forWritingTo: URL(fileURLWithPath: errorFile)))
        program = try RunningProgram(
            Executables.amx, ["serve"] + arguments, in: work.directory, environment: work.environment,
            input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor,
            errors: errors.fileDescriptor)
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
        // One that nobody hears must not end these tests when it has ended.
        signal(SIGPIPE, SIG_IGN)
        if heard { hear(output.fileHandleForReading) } else { Self.silent.withLock { $0.state.append(output) } }
        guard introduced else { return }
        _ = try ask("initialize", Self.introduction)
        try say(#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#)
    }

    /// What a client says first.
    static let introduction =
        #"{"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}"#
    /// The ends of those that nobody hears.
    private static let silent = Monitor<[Pipe]>([])

    private func hear(_ handle: FileHandle) {
        let monitor = monitor
        Thread.detachNewThread {
            var (rest, part): ([UInt8], [UInt8]) = ([], Array(repeating: 0, count: 1 << 20))
            // Foundation's own way would wait until so many bytes have come.
            while case let count = read(handle.fileDescriptor, &part, part.count), count > 0 {
                rest += part[..<count]
                var start = 0
                while let end = rest[max(start, rest.count - count)...].firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Array(rest[start..<end])
                    start = end + 1
                    let message = try? JSONNode(line)
                    monitor.withLock { holder in
                        if let message, message["jsonrpc"].string == "2.0" {
                            holder.state.messages.append(message)
                        } else {
                            holder.state.others.append(String(decoding: line.prefix(200), as: UTF8.self))
                        }
                        holder.wakeAll()
                    }
                }
                rest.removeFirst(start)
            }
            monitor.withLock { holder in
                if !rest.isEmpty { holder.state.others.append("an end without a line") }
                holder.state.isAtEnd = true
                holder.wakeAll()
            }
        }
    }

    // MARK: What was heard

    var messages: [JSONNode] { monitor.withLock { $0.state.messages } }

    /// What its output had that is no message.
    var others: [String] { monitor.withLock { $0.state.others } }

    /// What it has told people.
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    /// How often it has told of other tools.
    var changes: Int { messages.count { $0["method"].string == "notifications/tools/list_changed" } }

    /// Waits until something holds of what was heard; fails where nothing comes any more.
    func waits(_ what: String, for condition: @Sendable ([JSONNode]) -> Bool) throws {
        let holds = monitor.withLock { holder in
            let end = MonotonicClock.nanoseconds() + 120_000_000_000
            while !condition(holder.state.messages) {
                guard !holder.state.isAtEnd, MonotonicClock.nanoseconds() < end else { return false }
                holder.wait(nanoseconds: 1_000_000_000)
            }
            return true
        }
        if !holds { throw TestFailure("\(what) did not come; \(messages.suffix(3)) \(errors)") }
    }

    /// The answers to an id, in their order.
    func answers(_ id: JSONNode) -> [JSONNode] { messages.filter { $0["method"] == .null && $0["id"] == id } }

    /// The answer to an id, once it has come.
    func answer(_ id: JSONNode) throws -> JSONNode {
        try waits("an answer to \(id)") { $0.contains { $0["method"] == .null && $0["id"] == id } }
        return answers(id)[0]
    }

    // MARK: Saying

    /// Says bytes as they are.
    func say(bytes: [UInt8]) throws { try input.fileHandleForWriting.write(contentsOf: bytes) }

    /// Says a line.
    func say(_ line: String) throws { try say(bytes: Array("\(line)\n".utf8)) }

    /// Asks for something and returns its id, without waiting for the answer.
    func begin(_ method: String, _ parameters: String = "{}") throws -> JSONNode {
        let id = monitor.withLock { holder in
            holder.state.lastID += 1
            return holder.state.lastID
        }
        try say(#"{"jsonrpc": "2.0", "id": \#(id), "method": "\#(method)", "params": \#(parameters)}"#)
        return .int(id)
    }

    /// Asks for something and returns the whole answer.
    func ask(_ method: String, _ parameters: String = "{}") throws -> JSONNode { try answer(begin(method, parameters)) }

    /// Begins to call a tool.
    func beginCall(_ name: String, _ arguments: String = "{}") throws -> JSONNode {
        try begin("tools/call", #"{"name": "\#(name)", "arguments": \#(arguments)}"#)
    }

    /// Calls a tool and returns the result.
    func call(_ name: String, _ arguments: String = "{}") throws -> JSONNode {
        try answer(beginCall(name, arguments))["result"]
    }

    /// Says that the answer to an id is not wanted any more.
    func cancel(_ id: JSONNode) throws {
        try say(#"{"method": "notifications/cancelled", "params": {"requestId": \#(id.int ?? 0)}}"#)
    }

    /// The tools, by name.
    func tools() throws -> [String: JSONNode] {
        let tools = try ask("tools/list")["result"]["tools"].array
        return Dictionary(tools.map { ($0["name"].string ?? "", $0) }) { $1 }
    }

    /// Ends its input, and waits for its end.
    func close() throws -> Int32 {
        try input.fileHandleForWriting.close()
        return program.waitUntilExit()
    }
}
