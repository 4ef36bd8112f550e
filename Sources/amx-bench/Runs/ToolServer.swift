import CLinux
import Capsules
import Glibc
import Objects
import Runners

/// A server of the Model Context Protocol that is started once, as a plain program, and there for all calls.
final class ToolServer {
    private let process: RunningProcess
    private let connection: MessageConnection

    /// Starts a program and greets it.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        var sockets: [Int32] = [-1, -1]
        guard amx_stream_sockets(&sockets) == 0 else { throw AmxError.system("cannot make a socket") }
        var program = Objects.Program(path, arguments)
        for (name, value) in environment { program.environment.set(name, value) }
        program.input = .descriptor(sockets[1])
        program.output = .descriptor(sockets[1])
        process = try program.start()
        close(sockets[1])
        connection = MessageConnection(LineConnection(reading: sockets[0], writing: sockets[0]))
        let version: JSONValue = .string(ProtocolVersion.newest.rawValue)
        _ = try ask("initialize", ["protocolVersion": version, "capabilities": [:]])
        connection.notify("notifications/initialized")
    }

    /// Calls a tool and waits for its answer; throws where that is an error.
    func call(_ tool: String, _ arguments: JSONValue) throws {
        let answer = try ask("tools/call", ["name": .string(tool), "arguments": arguments])
        if answer["isError"]?.bool == true { throw Program.Failure(description: JSONWriter.text(answer)) }
    }

    private func ask(_ method: String, _ parameters: JSONValue) throws -> JSONValue {
        var host = NoHost()
        return try connection.call(
            method, parameters, until: MonotonicClock.nanoseconds() + 60_000_000_000, host: &host)
    }
}
