import Foundation

/// `git http-backend` behind a small HTTP server in Python, over a folder of bare repositories: any git server that is no hub.
final class GitServer {
    /// The address of the folder.
    let address: String
    private let process: Process
    private let log: String

    /// Starts it on a free port; `folder` is for its log.
    init(over repositories: String, in folder: String, _ program: Program) throws {
        log = "\(folder)/requests"
        let served = try program.start("/usr/bin/env", ["python3", "-c", Self.script, repositories, log])
        process = served.process
        address = "http://127.0.0.1:\(served.line)"
    }

    /// How many requests it has answered so far.
    var requests: Int { ((try? Data(contentsOf: URL(filePath: log))) ?? Data()).count { $0 == 0x0A } }

    /// Ends it.
    func cleanUp() {
        process.terminate()
        process.waitUntilExit()
    }

    private static let script = """
        import http.server, os, subprocess, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def run(self):
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                environment = dict(
                    os.environ, GIT_PROJECT_ROOT=sys.argv[1], GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=self.command,
                    PATH_INFO=path, QUERY_STRING=query, REMOTE_ADDR="127.0.0.1", CONTENT_LENGTH=str(len(body)),
                    CONTENT_TYPE=self.headers.get("Content-Type", ""), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
                output = subprocess.run(
                    ["git", "http-backend"], input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    env=environment).stdout
                head, _, rest = output.partition(b"\\r\\n\\r\\n")
                fields = [line.split(": ", 1) for line in head.decode().split("\\r\\n") if ": " in line]
                with open(sys.argv[2], "a") as log:
                    log.write(path + "\\n")
                self.send_response(next((int(value.split()[0]) for name, value in fields if name == "Status"), 200))
                for name, value in fields:
                    if name != "Status":
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

            do_GET = do_POST = run
            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
