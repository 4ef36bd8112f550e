extension PeerServer {
    /// Lists a release `v1.0.0` of each repository, says that it filters, and sends in place of it what the repository's name says.
    ///
    /// Requests are logged with their body's size.
    static let lying = """
        import hashlib, http.server, loopback, os, struct, sys, zlib
        log = sys.argv[1]

        def packet(data):
            return b"%04x" % (len(data) + 4) + data

        def oid(kind, content):
            return hashlib.sha1(b"%s %d\\0" % (kind, len(content)) + content).hexdigest().encode()

        def head(kind, size):
            byte, size = kind << 4 | size & 15, size >> 4
            out = b""
            while size:
                out += bytes([byte | 128])
                byte, size = size & 127, size >> 7
            return out + bytes([byte])

        KINDS = {b"commit": 1, b"tree": 2, b"blob": 3, b"tag": 4}

        def pack(objects):
            body = b"PACK" + struct.pack(">II", 2, len(objects))
            for kind, content in objects:
                body += head(KINDS[kind], len(content)) + zlib.compress(content)
            return body + hashlib.sha1(body).digest()

        def release(name, manifest=None, entry=b"manifest.json"):
            manifest = manifest or b'{"id": "%s", "name": "x", "version": "1.0.0"}' % name
            blob = (b"blob", manifest)
            tree = (b"tree", b"100644 " + entry + b"\\0" + bytes.fromhex(oid(*blob).decode()))
            person = b"T <t@example.com> 1700000000 +0000"
            commit = (b"commit", b"tree " + oid(*tree) + b"\\nauthor " + person + b"\\ncommitter " + person + b"\\n\\nx\\n")
            tag = (b"tag", b"object " + oid(*commit) + b"\\ntype commit\\ntag v1.0.0\\ntagger " + person + b"\\n\\nx\\n")
            return tag, commit, tree, blob

        V2 = packet(b"version 2\\n") + packet(b"ls-refs\\n") + packet(b"fetch=shallow filter\\n") + b"0000"

        def refs(kind):
            tag, commit, _, _ = release(kind, entry=b"a:b" if kind == b"tree" else b"manifest.json")
            yield packet(oid(*tag) + b" refs/tags/v1.0.0 peeled:" + oid(*commit) + b"\\n") + b"0000"

        def framed(data):
            yield packet(b"packfile\\n")
            for start in range(0, len(data), 60000):
                yield packet(b"\\x01" + data[start:start + 60000])
            yield b"0000"

        def answer(kind, body):
            name = kind.encode()
            tag, commit, tree, blob = release(name)
            other = release(name, b'{"id": "%s", "name": "evil", "version": "1.0.0"}' % name)
            manifests = b"deepen" not in body
            if not manifests:
                yield packet(b"shallow-info\\n") + packet(b"shallow " + oid(*commit)) + b"0001"
            if kind == "good":
                yield from framed(pack([blob] if manifests else [tag, commit, tree]))
            elif kind == "others":
                yield from framed(pack([other[3]] if manifests else [tag, commit, tree]))
            elif kind == "tags":
                yield from framed(pack(other[:3]))
            elif kind == "nothing":
                yield from framed(pack([]))
            elif kind == "sum":
                yield from framed(pack([tag, commit, tree])[:-1] + b"x")
            elif kind == "form":
                yield from framed(pack([(b"commit", b"tree x\\n")]))
            elif kind == "tree":
                yield from framed(pack(release(name, entry=b"a:b")[:3]))
            elif kind == "endless" and manifests:
                yield packet(b"ERR the rest is endless")
            elif kind == "endless":
                data = os.urandom(1 << 20)
                yield packet(b"packfile\\n") + packet(b"\\x01" + b"PACK" + struct.pack(">II", 2, 1 << 20))
                for number in range(1 << 20):
                    chunk = head(3, len(data)) + zlib.compress(data, 0)
                    for start in range(0, len(chunk), 60000):
                        yield packet(b"\\x01" + chunk[start:start + 60000])
            elif kind == "large":
                yield from framed(pack([(b"blob", b"0" * (2 << 20))] if manifests else [tag, commit, tree]))
            elif kind == "error":
                yield packet(b"ERR \\x1b[31mno\\x07 filter here")
            elif kind == "late":
                yield packet(b"packfile\\n") + packet(b"\\x01PACK") + packet(b"\\x03died")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def reply(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with open(log, "a") as out:
                    out.write(f"{self.command} {self.path} {len(body)}\\n")
                kind = self.path.split("/")[1].removesuffix(".git")
                service = "git-upload-pack"
                status = 404 if kind == "gone" and b"command=fetch" in body else 200
                if self.command == "GET":
                    media, pieces = f"application/x-{service}-advertisement", [V2]
                elif b"command=ls-refs" in body:
                    media, pieces = f"application/x-{service}-result", refs(kind.encode())
                else:
                    media, pieces = f"application/x-{service}-result", answer(kind, body)
                self.send_response(status)
                self.send_header("Content-Type", media)
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
