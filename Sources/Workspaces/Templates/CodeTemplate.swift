import Capsules
import Objects

/// Code that a new capsule begins with: one handler that runs at once with `amx run ID '{}'`, at level SAFE.
package enum CodeTemplate: String, Sendable, CaseIterable {
    /// A script for Amx's own engine, which needs nothing of the machine.
    case js
    /// A program for `python3`.
    case python
    /// A component of WebAssembly, with its source in text form.
    case wasm
    /// A server of the Model Context Protocol in Python, with one tool.
    case mcp

    /// The files, without the manifest.
    var files: [(path: String, content: [UInt8])] {
        switch self {
        case .js: [("src/handlers/main.js", Array(Self.script.utf8))]
        case .python: [("src/handlers/main.py", Array(Self.program.utf8))]
        case .wasm: [("src/main.wat", Array(Self.module.utf8)), ("components/main.wasm", Self.moduleBytes)]
        case .mcp: [("src/servers/main.py", Array(Self.server.utf8))]
        }
    }

    /// What the manifest says of it.
    var members: JSONObject {
        switch self {
        case .js: ["runtime": ["main": "src/handlers/main.js"]]
        case .python: ["runtime": ["main": "src/handlers/main.py"]]
        case .wasm:
            [
                "runtime": ["main": "component:main#greet"],
                "components": [
                    [
                        "id": "main", "file": "components/main.wasm",
                        "hash": .string("sha256:\(SHA256Hasher.hash(of: Self.moduleBytes))"),
                    ]
                ],
            ]
        case .mcp:
            [
                "runtime": ["main": "mcp:main#greet"],
                "mcpServers": [["id": "main", "command": "python3", "args": ["src/servers/main.py"]]],
                "tools": [["name": "greet", "description": "Greets somebody.", "handler": "mcp:main#greet"]],
            ]
        }
    }

    private static let script = """
        // What comes in is JSON, and so is what goes out. `aimatrix` has the host functions.
        function handler(input) {
          const name = typeof input.name === "string" ? input.name : "world";
          return { greeting: `Hello, ${name}` };
        }

        """

    private static let program = """
        # What comes in is JSON on standard input, what goes out is JSON on standard output.
        import json
        import sys

        given = json.load(sys.stdin)
        name = given.get("name", "world")
        json.dump({"greeting": f"Hello, {name}"}, sys.stdout)

        """

    private static let server = """
        # A server of the Model Context Protocol with one tool, in nothing but Python's own library.
        import json
        import sys

        TOOL = {
            "name": "greet",
            "description": "Greets somebody.",
            "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
        }


        def answer(method, params):
            if method == "initialize":
                server = {"name": "main", "version": "0.1.0"}
                version = params["protocolVersion"]
                return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}
            if method == "tools/list":
                return {"tools": [TOOL]}
            if method == "tools/call":
                name = params.get("arguments", {}).get("name", "world")
                return {"content": [{"type": "text", "text": f"Hello, {name}"}]}
            return {}


        for line in sys.stdin:
            call = json.loads(line)
            if "id" in call:
                result = answer(call["method"], call.get("params", {}))
                print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)

        """
}
