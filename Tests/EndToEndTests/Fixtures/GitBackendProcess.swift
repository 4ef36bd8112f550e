import Foundation
import TestSupport

/// `git http-backend` behind a small HTTP server in Python: any git server that is not Amx.
final class GitBackendProcess: Sendable {
    private let folder: TemporaryDirectory
    private let server: ScriptServer

    /// Starts the server over an empty folder.
    init() throws {
        folder = try TemporaryDirectory("amx-e2e-backend")
        server = try ScriptServer(Self.script, [folder.path])
    }

    /// The address of the folder of repositories.
    var url: String { server.url }

    /// Makes an empty repository that takes pushes.
    func create(_ id: String) throws {
        try Tool.git(["init", "--quiet", "--bare", "--initial-branch=main", repository(id)], in: folder.path)
        try Tool.git(["config", "http.receivepack", "true"], in: repository(id))
    }

    /// A repository's folder.
    func repository(_ id: String) -> String { folder.appending("\(id).git") }

    private static let script = """
        import http.server, loopback, os, subprocess, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = []
                while True:
                    size = int(self.rfile.readline(), 16)
                    data = self.rfile.read(size + 2)[:size]
                    if size == 0:
                        return b"".join(parts)
                    parts.append(data)

            def run(self):
                path, _, query = self.path.partition("?")
                body = self.body()
                environment = dict(
                    os.environ, GIT_PROJECT_ROOT=sys.argv[1], GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=self.command,
                    PATH_INFO=path, QUERY_STRING=query, REMOTE_ADDR="127.0.0.1", CONTENT_LENGTH=str(len(body)),
                    CONTENT_TYPE=self.headers.get("Content-Type", ""), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
                    HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""))
                output = subprocess.run(
                    ["git", "http-backend"], input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    env=environment).stdout
                head, _, rest = output.partition(b"\\r\\n\\r\\n")
                fields = [line.split(": ", 1) for line in head.decode().split("\\r\\n") if ": " in line]
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

        loopback.serve(Handler)
        """
}
