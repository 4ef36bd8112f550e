import Foundation
import Isolation

/// Where the programs are that are measured, and what they are.
struct RunPlace {
    /// The path of `amx-worker`.
    let worker: String
    /// The folder with the files.
    let folder: String
    /// What each run may use.
    static let limits = SandboxLimits(memoryBytes: 512 << 20)

    /// Writes the files.
    func writeFiles() throws {
        for (name, text) in Self.files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
    }

    private static let files = [
        "main.js": "function handler(input) { return { sum: input.numbers.reduce((a, b) => a + b, 0) } }\n",
        "peer.js": "console.log(JSON.stringify({ sum: [1, 2, 3].reduce((a, b) => a + b, 0) }))\n",
        "main.py": "import json, sys\njson.dump({\"sum\": 6}, sys.stdout)\n",
        "loop.py": "while True: pass\n",
        "busy.py": "import os\nfor _ in range(3):\n    if os.fork() == 0: break\nwhile True: pass\n",
        "server.py": """
        import json, sys
        for line in sys.stdin:
            call = json.loads(line)
            if "id" not in call: continue
            method, result = call["method"], {}
            if method == "initialize":
                result = {"protocolVersion": call["params"]["protocolVersion"], "capabilities": {"tools": {}},
                          "serverInfo": {"name": "bench", "version": "1"}}
            elif method == "tools/list":
                result = {"tools": [{"name": "sum", "inputSchema": {"type": "object"}}]}
            elif method == "tools/call":
                result = {"content": [{"type": "text", "text": "6"}]}
            print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
        """,
    ]

    /// Makes a bundle of `runc` beside the folder's files, with what the sandbox has of namespaces and limits; its path.
    func makeBundle() throws -> String {
        let bundle = "\(folder)/bundle"
        for name in ["usr", "proc", "dev"] {
            try FileManager.default.createDirectory(
                atPath: "\(bundle)/rootfs/\(name)", withIntermediateDirectories: true)
        }
        for name in ["lib", "lib64", "bin"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(bundle)/rootfs/\(name)", withDestinationPath: "usr/\(name)")
        }
        try Self.bundle.write(toFile: "\(bundle)/config.json", atomically: true, encoding: .utf8)
        return bundle
    }

    private static let bundle = """
        {"ociVersion": "1.0.2", "hostname": "capsule", "root": {"path": "rootfs", "readonly": true},
         "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": ["/usr/bin/true"],
                     "env": ["PATH=/usr/bin"], "cwd": "/", "noNewPrivileges": true},
         "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
                    {"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]}],
         "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"},
                                  {"type": "network"}],
                   "resources": {"memory": {"limit": 536870912}, "pids": {"limit": 64},
                                 "cpu": {"quota": 100000, "period": 100000}}}}
        """
}
