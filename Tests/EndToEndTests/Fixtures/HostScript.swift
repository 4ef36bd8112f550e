/// How capsules' programs ask their host for something.
enum HostScript {
    /// The beginning of a program in Python, which then has `ask(method, **parameters)`. Source: `docs/host-functions.md`.
    static let python = """
        import json, os, sys
        channel = os.fdopen(int(os.environ["AIMATRIX_CHANNEL"]), "r+b", buffering=0)
        answers = os.fdopen(os.dup(channel.fileno()), "rb")
        def ask(method, **parameters):
            line = memoryview(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\\n")
            while line:
                line = line[channel.write(line):]
            answer = json.loads(answers.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["message"])
            return answer["result"]

        """
}
