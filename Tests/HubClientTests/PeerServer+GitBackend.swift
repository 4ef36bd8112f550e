import Foundation

extension PeerServer {
    /// Starts `git http-backend` over the bare repositories in a folder, all of which take pushes.
    ///
    /// - Parameters:
    ///   - token: what Basic authorization must carry as its password, if anything.
    ///   - versions: whether the server hears which protocol version the client asks for.
    ///   - settings: what git's configuration has beside.
    ///   - hidden: features of protocol v2's `fetch` that the server does not tell of.
    convenience init(
        repositories: String, token: String = "", versions: Bool = true, settings: [(String, String)] = [],
        hiding hidden: [String] = []
    ) throws {
        let settings = [("http.receivepack", "true")] + settings
        var environment = ["GIT_CONFIG_COUNT": "\(settings.count)"]
        for (index, (key, value)) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = key
            environment["GIT_CONFIG_VALUE_\(index)"] = value
        }
        try self.init(
            script: Self.gitBackend,
            arguments: [repositories, token, versions ? "yes" : "no", hidden.joined(separator: " ")],
            environment: environment)
    }

    /// What a server of `git http-backend` has sent, of one repository or of all: an answer an entry.
    func sent(_ repository: String = "") throws -> [(connection: String, request: String, bytes: Int)] {
        let lines = try String(contentsOfFile: "\(log).sent", encoding: .utf8).split(separator: "\n")
        return lines.compactMap { line in
            let fields = line.split(separator: " ").map(String.init)
            guard fields[2].hasPrefix("/\(repository)") else { return nil }
            return (fields[0], "\(fields[1]) \(fields[2])", Int(fields[3]) ?? 0)
        }
    }

    /// The log has method, path, Git-Protocol, Transfer-Encoding and status; a second one connection, method, path and size of the answer.
    private static let gitBackend = """
        import base64, http.server, loopback, os, subprocess, sys, threading
        log, root, token, versions, hidden = sys.argv[1:]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    yield self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    return
                while True:
                    size = int(self.rfile.readline(), 16)
                    data = self.rfile.read(size + 2)[:size]
                    if size == 0:
                        return
                    yield data

            def answer(self, status, headers, body):
                with open(log, "a") as out:
                    fields = [self.headers.get(name, "-") for name in ("Git-Protocol", "Transfer-Encoding")]
                    out.write(f"{self.command} {self.path} {fields[0]} {fields[1]} {status}\\n")
                with open(log + ".sent", "a") as out:
                    out.write(f"{self.client_address[1]} {self.command} {self.path} {len(body)}\\n")
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def run(self):
                given = self.headers.get("Authorization", "").removeprefix("Basic ")
                if token and base64.b64decode(given).decode().partition(":")[2] != token:
                    for _ in self.body():
                        pass
                    return self.answer(401, [("WWW-Authenticate", "Basic realm=git")], b"")
                path, _, query = self.path.partition("?")
                environment = dict(
                    os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=self.command,
                    PATH_INFO=path, QUERY_STRING=query, REMOTE_ADDR="127.0.0.1",
                    CONTENT_TYPE=self.headers.get("Content-Type", ""))
                if versions == "yes" and self.headers.get("Git-Protocol"):
                    environment["GIT_PROTOCOL"] = self.headers["Git-Protocol"]
                if self.headers.get("Content-Length"):
                    environment["CONTENT_LENGTH"] = self.headers["Content-Length"]
                process = subprocess.Popen(
                    ["git", "http-backend"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, env=environment)
                def feed():
                    try:
                        for data in self.body():
                            process.stdin.write(data)
                        process.stdin.close()
                    except BrokenPipeError:
                        pass
                feeder = threading.Thread(target=feed)
                feeder.start()
                output = process.stdout.read()
                feeder.join()
                process.wait()
                head, _, body = output.partition(b"\\r\\n\\r\\n")
                headers = [line.split(": ", 1) for line in head.decode().split("\\r\\n") if ": " in line]
                status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
                if self.command == "GET" and hidden:
                    body = b"\\n".join(self.hide(line) for line in body.split(b"\\n"))
                self.answer(status, [(n, v) for n, v in headers if n != "Status"], body)

            def hide(self, line):
                if line[4:10] != b"fetch=":
                    return line
                features = [word for word in line[10:].decode().split() if word not in hidden.split()]
                text = f"fetch={' '.join(features)}"
                return f"{len(text) + 5:04x}{text}".encode()

            do_GET = do_POST = run
            def log_message(self, *arguments):
                pass

        loopback.serve(Handler)
        """
}
