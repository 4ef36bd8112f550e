import Foundation
import TestSupport

/// A small program in Python between `amx` and a hub, which cuts connections behind a number of bytes and counts what passes.
final class CuttingProxy: Sendable {
    private let server: ScriptServer

    /// Passes connections on to a port, without bound.
    init(to url: String) throws {
        server = try ScriptServer(Self.script, ["\(url.split(separator: ":").last ?? "")"])
        try folder.write("limits", text: "-1 -1 0 cut")
    }

    /// Its port on the loopback.
    var port: String { "\(server.port)" }

    private var folder: TemporaryDirectory { server.folder }

    /// Cuts the connections that come from now on, behind so many bytes of answers or of requests; nil never. Every piece of an
    /// answer waits for `pause` seconds. With `holding`, nothing more passes, and the connections stay.
    func cut(answers: Int? = nil, requests: Int? = nil, pause: Double = 0, holding: Bool = false) throws {
        let end = holding ? "hold" : "cut"
        try folder.write("limits.new", text: "\(answers ?? -1) \(requests ?? -1) \(pause) \(end)")
        guard rename(folder.appending("limits.new"), folder.appending("limits")) == 0 else {
            throw TestFailure("cannot set limits")
        }
    }

    /// Points it at another port: that of a hub that was started again.
    func follow(_ url: String) throws {
        try folder.write("port", text: "\(url.split(separator: ":").last ?? "")")
    }

    /// How many bytes have passed since this was last asked.
    func passed() throws -> (answers: Int, requests: Int) {
        // What is still between sockets.
        usleep(100_000)
        let text = String(decoding: (try? folder.read("log")) ?? [], as: UTF8.self)
        try folder.write("log", text: "")
        var result = (answers: 0, requests: 0)
        for line in text.split(separator: "\n") {
            let count = Int(line.dropFirst()) ?? 0
            if line.hasPrefix("a") { result.answers += count } else { result.requests += count }
        }
        return result
    }

    private static let script = """
        import loopback, os, socket, sys, threading, time

        def copy(source, target, left, pause, end, mark):
            try:
                while left != 0:
                    data = source.recv(65536 if left < 0 else min(left, 65536))
                    if not data:
                        break
                    with open("log", "a") as log:
                        log.write(f"{mark}{len(data)}\\n")
                    try:
                        target.sendall(data)
                    except OSError:
                        # Nobody wants the answer any more: the hub is to read all the same what has passed to it.
                        if mark == "r":
                            break
                    if left > 0:
                        left -= len(data)
                    if pause:
                        time.sleep(pause)
            except OSError:
                pass
            if left == 0 and end == "hold":
                time.sleep(600)
            for side, how in ((source, socket.SHUT_RDWR), (target, socket.SHUT_WR if mark == "r" else socket.SHUT_RDWR)):
                try:
                    side.shutdown(how)
                except OSError:
                    pass

        def handle(client):
            answers, requests, pause, end = open("limits").read().split()
            port = open("port").read() if os.path.exists("port") else sys.argv[1]
            try:
                server = socket.create_connection(("127.0.0.1", int(port)))
            except OSError:
                return client.close()
            threading.Thread(
                target=copy, args=(client, server, int(requests), 0, end, "r"), daemon=True).start()
            threading.Thread(
                target=copy, args=(server, client, int(answers), float(pause), end, "a"), daemon=True).start()
        loopback.accept(handle)
        """
}
