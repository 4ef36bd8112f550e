import Foundation
import TestSupport

/// A small program in Python between `amx` and a server, which slows answers down or hands requests on for another host.
final class ProxyProcess: Sendable {
    private let server: ScriptServer

    /// Passes connections on to a port; answers come in pieces of `size` bytes with `pause` seconds between, after `free` bytes.
    init(slowing url: String, size: Int, pause: Double, free: Int = 0) throws {
        server = try ScriptServer(Self.slow, [Self.port(of: url), "\(size)", "\(pause)", "\(free)"])
    }

    /// An HTTP proxy that takes every host for the server at a port.
    init(proxying url: String) throws { server = try ScriptServer(Self.proxy, [Self.port(of: url)]) }

    /// Its port on the loopback.
    var port: String { "\(server.port)" }

    /// The head of every request that it has seen, if it is a proxy.
    func heads() throws -> String { String(decoding: (try? server.folder.read("log")) ?? [], as: UTF8.self) }

    private static func port(of url: String) -> String { "\(url.split(separator: ":").last ?? "")" }

    private static let slow = """
        import loopback, socket, sys, threading, time
        port, size, pause, free = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])

        def copy(source, target, size, pause, free):
            sent = 0
            try:
                while True:
                    data = source.recv(size)
                    if not data:
                        break
                    target.sendall(data)
                    sent += len(data)
                    if pause and sent > free:
                        time.sleep(pause)
            except OSError:
                pass
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def handle(client):
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=copy, args=(client, server, 65536, 0, 0), daemon=True).start()
            threading.Thread(target=copy, args=(server, client, size, pause, free), daemon=True).start()
        loopback.accept(handle)
        """

    private static let proxy = """
        import http.client, http.server, loopback, sys, urllib.parse
        port = int(sys.argv[1])

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def run(self):
                with open("log", "a") as out:
                    out.write(f"{self.command} {self.path}\\n{self.headers}")
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                target = urllib.parse.urlsplit(self.path)
                path = target.path + ("?" + target.query if target.query else "")
                server = http.client.HTTPConnection("127.0.0.1", port)
                headers = {name: value for name, value in self.headers.items() if name != "Proxy-Connection"}
                server.request(self.command, path, body, headers)
                answer = server.getresponse()
                data = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            do_GET = do_POST = run
            def log_message(self, *arguments):
                pass

        loopback.serve(Handler)
        """
}
