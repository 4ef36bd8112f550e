extension PeerServer {
    /// Serves the indexes of files `index/<owner>.<id>` below its folder, with tags, and answers some ids as bad servers do.
    ///
    /// The log has the connection's number, method, path, If-None-Match and Authorization. Without the path's `/api` it is a plain
    /// web server.
    static let registry = """
        import hashlib, http.server, itertools, loopback, os, socketserver, sys, threading, time
        log = sys.argv[1]
        numbers = itertools.count(1)
        lock = threading.Lock()
        busy = 0

        def document(owner, id, more=""):
            return ('{"id":"%s","owner":"%s","releases":[],"repository":"%s/%s.git","schema":1%s}' % (id, owner, owner, id, more)).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def setup(self):
                super().setup()
                self.number = next(numbers)
            def answer(self, status, body=b"", kind="application/json", **headers):
                self.send_response(status)
                if kind: self.send_header("Content-Type", kind)
                for name, value in headers.items(): self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def error(self, status, code, message):
                self.answer(status, ('{"error":{"code":"%s","message":"%s","hint":"ask\\\\u0007"}}' % (code, message)).encode())
            def reply(self):
                global busy
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with lock, open(log, "a") as out:
                    out.write(" ".join([str(self.number), self.command, self.path, self.headers.get("If-None-Match", "-"),
                        self.headers.get("Authorization", "-"), body.decode() or "-"]) + "\\n")
                parts = self.path.split("/")
                if parts[1:3] != ["api", "v1"]: return self.answer(404, b"<html>", "text/html")
                if self.command in ("PUT", "DELETE"): return self.yank(parts[6], body)
                owner, id = (parts[4], parts[6]) if parts[3] == "owners" else ("acme", parts[4])
                if owner == "none": return self.error(404, "not_found", "there is none")
                kinds = {
                    "missing": lambda: self.error(404, "not_found", "there is none"),
                    "html": lambda: self.answer(200, b"<html>", "text/html"),
                    "other-id": lambda: self.answer(200, document(owner, "evil")),
                    "other-owner": lambda: self.answer(200, document("evil", id)),
                    "torn": lambda: self.answer(200, document(owner, id)[:-1]),
                    "newer": lambda: self.answer(200, document(owner, id).replace(b'"schema":1', b'"schema":2')),
                    "unasked": lambda: self.answer(304, b"", None),
                    "away": lambda: self.answer(302, b"", None, Location="http://127.0.0.1:1/api/v1/x"),
                    "private": lambda: self.error(401, "authentication", "a token is needed"),
                    "forbidden": lambda: self.error(403, "authentication", "not yours"),
                    "broken": lambda: self.error(500, "failure", "it is too large"),
                    "busy": lambda: self.error(503, "network", "busy"),
                    "endless": self.endless, "slow": self.slow,
                }
                if id in kinds: return kinds[id]()
                with lock: busy += 1
                time.sleep(0.02)
                with lock, open(log + ".busy", "a") as out: out.write("%d\\n" % busy); busy -= 1
                try: body = open(os.path.join("index", owner + "." + id), "rb").read()
                except OSError: body = document(owner, id)
                tag = '"' + hashlib.sha256(body).hexdigest() + '"'
                if self.headers.get("If-None-Match") == tag: return self.answer(304, b"", None, ETag=tag)
                self.answer(200, body, ETag=tag)
            def yank(self, id, body):
                if id == "missing": return self.error(404, "not_found", "there is no release 1.0.0 of acme/missing")
                if id == "forbidden": return self.error(403, "authentication", "not yours")
                if id == "html": return self.answer(405, b"<html>", "text/html")
                if id == "odd": return self.answer(200, b'{"changed":1}')
                yanked = self.command == "PUT"
                self.answer(200, ('{"changed":true,"reason":%s,"yanked":%s,"yankedAt":%s}' % (
                    '"a\\\\u001bb"' if yanked else "null", "true" if yanked else "false",
                    '"2026-11-21T10:00:00Z"' if yanked else "null")).encode())
            def endless(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                block = b" " * (1 << 20)
                try:
                    for _ in range(400): self.wfile.write(b"%x\\r\\n" % len(block) + block + b"\\r\\n")
                except OSError: pass
                self.close_connection = True
            def slow(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "1000")
                self.end_headers()
                time.sleep(30)
            do_GET = do_PUT = do_DELETE = reply
            def log_message(self, *arguments):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 64

        server = Server(("127.0.0.1", 0), Handler)
        loopback.run(server.server_address[1], server.serve_forever)
        """
}
