extension PeerServer {
    /// Answers by path in the ways of good and bad servers; one thread for each connection.
    ///
    /// The log has method, path, connection number, Authorization and size of the body.
    static let behaviours = """
        import base64, loopback, socket, ssl, sys, threading, time
        log, rest = sys.argv[1], sys.argv[2:]
        lock = threading.Lock()
        count = 0

        def handle(sock):
            global count
            with lock:
                count += 1
                number = count
            stream = sock.makefile("rb")
            while True:
                line = stream.readline()
                if not line.strip():
                    return
                method, path, _ = line.decode().split()
                headers = {}
                while True:
                    line = stream.readline().decode().strip()
                    if not line:
                        break
                    name, value = line.split(":", 1)
                    headers[name.lower()] = value.strip()
                def note(size):
                    with lock, open(log, "a") as out:
                        out.write(f"{method} {path} {number} {headers.get('authorization', '-')} {size} {headers.get('expect', '-')}\\n")
                if path == "/refuse-early":
                    note(-1)
                    sock.sendall(b"HTTP/1.1 413 Too Large\\r\\nConnection: close\\r\\nContent-Length: 9\\r\\n\\r\\ntoo large")
                    sock.shutdown(socket.SHUT_WR)
                    time.sleep(0.3)
                    return
                if path == "/deaf":
                    time.sleep(30)
                    return
                size = 0
                if headers.get("transfer-encoding") == "chunked":
                    while True:
                        line = stream.readline()
                        if not line:
                            note(-2)
                            return
                        length = int(line, 16)
                        size += len(stream.read(length + 2)[:length])
                        if length == 0:
                            break
                else:
                    size = len(stream.read(int(headers.get("content-length", 0))))
                note(size)
                def answer(status, body=b"", extra=""):
                    sock.sendall(f"HTTP/1.1 {status}\\r\\nContent-Length: {len(body)}\\r\\n{extra}\\r\\n".encode() + body)
                if path.startswith("/bytes/"):
                    total = int(path.split("/")[2])
                    sock.sendall(f"HTTP/1.1 200 OK\\r\\nContent-Length: {total}\\r\\n\\r\\n".encode())
                    block = bytes(range(256)) * 256
                    while total > 0:
                        sock.sendall(block[:total])
                        total -= min(total, len(block))
                elif path == "/truncated":
                    sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\n" + b"x" * 500)
                    return
                elif path == "/truncated-chunks":
                    sock.sendall(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n")
                    return
                elif path == "/nothing":
                    return
                elif path == "/stall":
                    sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\nx")
                    time.sleep(30)
                    return
                elif path == "/interim":
                    sock.sendall(b"HTTP/1.1 103 Early Hints\\r\\nX-Early: 1\\r\\n\\r\\n")
                    answer("200 OK", b"done", "X-Late: 2\\r\\nContent-Type: Text/Plain; charset=x\\r\\n")
                elif path == "/headers":
                    sock.sendall(b"HTTP/1.1 200 OK\\r\\n" + b"X: y\\r\\n" * 100000 + b"\\r\\n")
                elif path.startswith("/status/"):
                    answer(path.split("/")[2] + " Because", b"why" * 100000)
                elif path.startswith("/to/"):
                    answer("302 Found", b"elsewhere", f"Location: {base64.urlsafe_b64decode(path.split('/')[2]).decode()}\\r\\n")
                else:
                    answer("200 OK", f"size {size}".encode())

        if rest:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(rest[0], rest[1])
        def serve(sock):
            try:
                if rest:
                    sock = context.wrap_socket(sock, server_side=True)
                handle(sock)
            except OSError:
                pass
            finally:
                sock.close()
        loopback.accept(lambda sock: threading.Thread(target=serve, args=(sock,), daemon=True).start())
        """
}
