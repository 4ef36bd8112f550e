extension PeerServer {
    /// Answers every question about a repository in the way that its name says; answers end when the client has gone.
    static let hostile = """
        import gzip, http.server, loopback, sys, time
        log = sys.argv[1]

        def packet(data):
            return b"%04x" % (len(data) + 4) + data

        HEAD = b"1" * 40 + b" HEAD symref-target:refs/heads/main\\n"
        MAIN = b"1" * 40 + b" refs/heads/main\\n"
        V2 = packet(b"version 2\\n") + packet(b"agent=x\\n") + packet(b"ls-refs=unborn\\n") + packet(b"fetch=shallow\\n") + b"0000"

        def advertisement(kind):
            if kind == "lengths":
                yield b"0003"
            elif kind == "words":
                yield b"zzzzgarbage"
            elif kind == "torn":
                yield V2[:-6]
            elif kind == "after":
                yield V2 + packet(b"more\\n")
            elif kind == "capabilities":
                yield packet(b"version 2\\n")
                while True:
                    yield packet(b"x" * 1000)
            elif kind == "sha256":
                yield V2[:-4] + packet(b"object-format=sha256\\n") + b"0000"
            elif kind == "error":
                yield packet(b"ERR \\x1b[31mno\\x07 entry")
            elif kind == "gzip":
                yield gzip.compress(b"0" * (32 << 20))
            else:
                yield V2

        def refs(kind):
            if kind == "endless":
                while True:
                    yield packet(b"symref-target:" + b"x" * 60000) * 16
            elif kind == "names":
                for name in [b"refs/heads/../../etc/passwd", b"refs/heads/a\\x1b[2J", b"refs/heads/x.lock", b"refs/heads/-f",
                             b"/etc/passwd", b"refs/heads/" + b"y" * 5000, b"refs/heads/a b", b"refs/heads//b", b"HEAD/../x",
                             b"refs/heads/\\xff\\xfe", b"refs/heads/ok"]:
                    yield packet(b"1" * 40 + b" " + name + b"\\n")
                yield b"0000"
            elif kind == "ids":
                yield packet(b"1" * 39 + b"g refs/heads/main\\n") + b"0000"
            elif kind == "cut":
                yield packet(HEAD)
            else:
                yield packet(HEAD) + packet(MAIN) + b"0000"

        def pack(kind):
            if kind == "progress":
                yield packet(b"packfile\\n")
                while True:
                    yield packet(b"\\x02" + b"\\x1b[2J\\x1b]0;owned\\x07" * 3000)
            elif kind == "beats":
                yield packet(b"packfile\\n")
                while True:
                    yield packet(b"\\x01")
                    time.sleep(0.1)
            elif kind == "channel":
                yield packet(b"packfile\\n") + packet(b"\\x09what")
            elif kind == "fatal":
                yield packet(b"packfile\\n") + packet(b"\\x03\\x1b[31mdied\\x07 here")
            elif kind == "acks":
                yield packet(b"acknowledgments\\n") + packet(b"ACK " + b"2" * 40 + b"\\n") + packet(b"ready\\n") + b"0001"
            elif kind == "section":
                yield packet(b"wanted-refs\\n") + b"0000"
            elif kind == "garbage":
                yield packet(b"packfile\\n") + packet(b"\\x01" + b"PACK" + b"\\xff" * 1000) + b"0000"
            elif kind == "many":
                yield packet(b"packfile\\n") + packet(b"\\x01" + b"PACK\\x00\\x00\\x00\\x02\\xff\\xff\\xff\\xff") + b"0000"
            elif kind == "empty":
                yield packet(b"packfile\\n") + b"0000"
            elif kind == "looping":
                yield packet(b"acknowledgments\\n") + packet(b"NAK\\n") + b"0000"
            elif kind == "bomb":
                import zlib, struct
                data = zlib.compress(b"0" * (24 << 20), 9)
                header = bytes([0xb0 | (24 << 20) & 15])
                size = (24 << 20) >> 4
                while size:
                    header += bytes([size & 127 | (128 if size >> 7 else 0)])
                    size >>= 7
                body = b"PACK" + struct.pack(">II", 2, 1) + header + data
                yield packet(b"packfile\\n")
                for start in range(0, len(body), 60000):
                    yield packet(b"\\x01" + body[start:start + 60000])
                yield b"0000"

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def reply(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                kind = self.path.split("/")[1].removesuffix(".git")
                service = "git-upload-pack"
                if self.command == "GET":
                    media, pieces = f"application/x-{service}-advertisement", advertisement(kind)
                elif b"command=ls-refs" in body:
                    media, pieces = f"application/x-{service}-result", refs(kind)
                else:
                    media, pieces = f"application/x-{service}-result", pack(kind)
                if kind == "type":
                    media = "text/html"
                self.send_response(200)
                self.send_header("Content-Type", media)
                if kind == "gzip":
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for piece in pieces:
                        self.wfile.write(b"%x\\r\\n" % len(piece) + piece + b"\\r\\n")
                    self.wfile.write(b"0\\r\\n\\r\\n")
                except OSError:
                    self.close_connection = True
            do_GET = do_POST = reply
            def log_message(self, *arguments):
                pass

        loopback.serve(Handler)
        """
}
