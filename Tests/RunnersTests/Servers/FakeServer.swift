/// A server of the Model Context Protocol with every fault that a test wants: those of its start are the words of its command line, the
/// others its tools.
enum FakeServer {
    static let text = #"""
        import json, os, signal, sys, time
        words = dict(word.split("=", 1) if "=" in word else (word, "1") for word in sys.argv[1:])
        if "deaf" in words:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if "exit" in words:
            sys.stderr.write("no database\n"); sys.exit(int(words["exit"]))
        def tell(message):
            sys.stdout.write(json.dumps(message) + "\n"); sys.stdout.flush()
        def text(value, **more):
            return {"content": [{"type": "text", "text": value}], **more}
        schema = {"type": "object"}
        for _ in range(int(words.get("depth", 0))):
            schema = {"properties": schema}
        names = ["echo", "fail", "error", "odd", "sleep", "log", "flood", "twice", "stranger", "crash", "kill", "close", "ask", "asks",
            "count", "deep", "big", "change", "shout", "rubbish", "batch", "memory", "variables", "silence", "parameters"]
        names = [words["tool"]] if "tool" in words else names
        def page(cursor):
            if "endless" in words:
                return {"tools": [], "nextCursor": "again" if words["endless"] == "same" else str(int(cursor or 0) + 1)}
            count = int(words.get("tools", 0))
            tools = [{"name": "tool%d" % index, "inputSchema": {"type": "object"}} for index in range(count)]
            for name in names:
                tools.append({"name": name, "description": "d" * int(words.get("describe", 8)), "inputSchema": schema})
            if "nameless" in words: tools.append({"inputSchema": schema})
            if "schemaless" in words: tools.append({"name": "x"})
            if "again" in words: tools.append(tools[0])
            size = int(words.get("page", 1000000)); start = int(cursor or 0)
            result = {"tools": tools[start:start + size]}
            if start + size < len(tools): result["nextCursor"] = str(start + size)
            return result
        initial = None; calls = 0; requests = 0
        def ask(method, params):
            global requests
            requests += 1
            tell({"jsonrpc": "2.0", "id": "r%d" % requests, "method": method, "params": params})
            while True:
                answer = json.loads(sys.stdin.readline())
                if answer.get("id") == "r%d" % requests: return answer
        def call(name, given):
            global calls, names
            calls += 1
            if name == "echo": return text(json.dumps(given), structuredContent=given)
            if name == "fail": return text("it is broken: " + given.get("why", ""), isError=True)
            if name == "error": raise ValueError(json.dumps(given))
            if name == "odd": return given
            if name == "sleep": time.sleep(given["seconds"])
            if name == "log":
                for index in range(given["count"]):
                    tell({"jsonrpc": "2.0", "method": "notifications/message",
                        "params": {"level": "warning", "logger": "fake", "data": given.get("data", "line %d" % index)}})
            if name == "flood":
                line = json.dumps({"jsonrpc": "2.0", "method": "notifications/message",
                    "params": {"level": "info", "data": "x" * 10000}}) + "\n"
                while True: sys.stdout.write(line)
            if name == "stranger": tell({"jsonrpc": "2.0", "id": given["id"], "result": {}})
            if name == "crash": os._exit(given.get("status", 3))
            if name == "kill": os.kill(os.getpid(), signal.SIGSEGV)
            if name == "close":
                sys.stdout.flush(); os.close(1); time.sleep(60)
            if name == "ask": return text("", structuredContent=ask(given["method"], given.get("params", {})))
            if name == "asks":
                for _ in range(given["count"]): ask("ping", {})
            if name == "count": return text(str(calls), structuredContent={"calls": calls})
            if name == "deep":
                value = 1
                for _ in range(given["depth"]): value = [value]
                return text("", structuredContent={"value": value})
            if name == "big": return text("y" * given["bytes"])
            if name == "change":
                names = ["echo", "new"]
                tell({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
            if name == "shout": sys.stderr.write(("e" * 99 + "\n") * (given["bytes"] // 100)); sys.stderr.flush()
            if name == "rubbish": sys.stdout.write("starting up...\n")
            if name == "batch": tell(given["messages"])
            if name == "memory": kept = bytearray(given["bytes"]); kept[::4096] = b"z" * len(kept[::4096])
            if name == "variables": return text("", structuredContent=dict(os.environ))
            if name == "parameters": return text("", structuredContent=initial)
            return text("done")
        for line in sys.stdin:
            message = json.loads(line); method = message.get("method")
            if "silent" in words and method == words["silent"]: continue
            if "id" not in message or method is None: continue
            answer = {"jsonrpc": "2.0", "id": message["id"]}; given = message.get("params", {})
            if method == "initialize":
                initial = given
                tools = {} if "toolless" in words else {"tools": {"listChanged": True}}
                answer["result"] = {"protocolVersion": words.get("version", "2025-11-25"), "capabilities": tools,
                    "serverInfo": {"name": "fake", "version": "1"}}
                if "versionless" in words: del answer["result"]["protocolVersion"]
            elif method == "ping":
                answer["result"] = {}
            elif method == "tools/list":
                answer["result"] = page(given.get("cursor"))
            elif method == "tools/call":
                if given["name"] == "silence": continue
                try:
                    answer["result"] = call(given["name"], given["arguments"])
                except ValueError as error:
                    answer["error"] = {"code": -32602, "message": str(error)}
                if given["name"] == "twice": tell(answer)
            else:
                answer["error"] = {"code": -32601, "message": "no " + method}
            tell(answer)
        if "deaf" in words:
            while True: time.sleep(60)
        """#
}
