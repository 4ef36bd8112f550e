import Foundation

/// A server in Python that a test starts on a free port of the loopback and that ends with its owner.
///
/// The script prints its port in one line when it listens, and ends when its standard input closes: it can `import loopback` for
/// that, a module with `serve(handler)` for HTTP and `accept(handle)` for connections. Safe for use by several threads.
public final class ScriptServer: Sendable {
    /// The port that it listens on.
    public let port: Int
    /// The folder that it runs in.
    public let folder: TemporaryDirectory
    private let process: RunningProgram
    private let input = Pipe()

    /// Starts a script, with the environment of git's tests and `environment` laid over the current one, and waits until it listens.
    public init(_ script: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        folder = try TemporaryDirectory("amx-server")
        _ = try folder.write("loopback.py", text: Self.loopback)
        let file = try folder.write("server.py", text: script)
        let output = Pipe()
        process = try RunningProgram(
            "python3", [file] + arguments, in: folder.path,
            environment: Tool.gitEnvironment.merging(environment) { $1 },
            input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor,
            errors: 2)
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            process.terminate()
            throw Tool.Failure(description: "the script has printed no port: \(String(decoding: line, as: UTF8.self))")
        }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// The address of its root.
    public var url: String { "http://127.0.0.1:\(port)" }

    private static let loopback = """
        import http.server, os, socket, sys, threading

        def serve(handler):
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            run(server.server_address[1], server.serve_forever)

        def accept(handle):
            listener = socket.create_server(("127.0.0.1", 0))
            def loop():
                while True:
                    handle(listener.accept()[0])
            run(listener.getsockname()[1], loop)

        def run(port, loop):
            threading.Thread(target=loop, daemon=True).start()
            print(port, flush=True)
            sys.stdin.read()
            os._exit(0)
        """
}
