import Foundation
import TestSupport

/// A small HTTP server in Python, which is given the path of a log as its first argument.
final class PeerServer: Sendable {
    /// Where it writes one line for each request.
    let log: String
    private let server: ScriptServer

    /// Starts a script, which prints its port in one line and ends when its standard input closes.
    init(script: String, arguments: [String] = [], environment: [String: String] = [:]) throws {
        server = try ScriptServer(script, ["log"] + arguments, environment: environment)
        log = server.folder.appending("log")
    }

    /// The port that it listens on.
    var port: Int { server.port }

    /// The lines that it has logged so far.
    func requests() throws -> [String] {
        guard FileManager.default.fileExists(atPath: log) else { return [] }
        return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
