extension PeerServer {
    /// Answers in the order of its argument, `status media-type rest` parted by `|`, the last one again and again.
    ///
    /// For a redirect the rest is the location, else the body. The log has method, path, Git-Protocol and Authorization.
    static let scripted = """
        import http.server, loopback, sys
        log, answers = sys.argv[1], sys.argv[2].split("|")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def reply(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                with open(log, "a") as out:
                    protocol, token = (self.headers.get(name, "-") for name in ("Git-Protocol", "Authorization"))
                    out.write(f"{self.command} {self.path} {protocol} {token}\\n")
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                status, kind, rest = (answer.split(" ", 2) + [""])[:3]
                self.send_response(int(status))
                if kind != "-":
                    self.send_header("Content-Type", kind)
                if status[0] == "3" and rest:
                    self.send_header("Location", rest)
                body = rest.encode()
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            do_GET = do_POST = reply
            def log_message(self, *arguments):
                pass

        loopback.serve(Handler)
        """
}
