import Capsules
import Foundation
import Guard
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Code that wants more than it may have, in each engine, as a host runs it.
@Suite("Runners: abuse", .onTestThreads) struct AbuseTests {
    /// What is tried, by the file's name; where there is a server, the same is its tool.
    private static let files = [
        "loop.py": "while True: pass",
        "loop.js": "const handler = () => { for (;;); }",
        "loop.sh": "while :; do :; done",
        "deaf.py":
            "import signal\nfor n in range(1,65):\n try: signal.signal(n,signal.SIG_IGN)\n except (OSError,ValueError): pass\nwhile True: pass",
        "deaf.sh": "trap '' TERM INT HUP QUIT USR1 ALRM; while :; do :; done",
        "sleep.sh": "exec sleep 600",
        "memory.py": "x=[]\nwhile True: x.append(bytearray(b'x')*(1<<20))",
        "memory.js": "const handler = () => { const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1)); }",
        "memory.sh": "a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done",
        "children.py":
            "import os,time\nwhile True:\n try:\n  if os.fork()==0: time.sleep(600)\n except OSError: print('true'); os._exit(0)",
        "fork.sh": "f() { f | f & }; f; sleep 600",
        "sockets.py":
            "import socket\nkept=[]\nwhile True:\n a,b=socket.socketpair(); a.setblocking(False); kept+=[a,b]\n try:\n  while True: a.send(b'x'*65536)\n except BlockingIOError: pass",
        "memfd.py": "import os\nwhile True:\n f=os.memfd_create('x')\n for _ in range(6): os.write(f,b'x'*(1<<20))",
        "disk.py": "f=open('/tmp/x','wb')\nwhile True: f.write(b'x'*(1<<20))",
        "disk.sh": "exec dd if=/dev/zero of=/dev/shm/x bs=1M status=none",
        "many.py": "import os\nfor n in range(10**6): open(f'/tmp/{n}','w')",
        "name.py": "open('/tmp/'+'x'*100000,'w')",
        "output.sh": "exec yes",
        "errors.sh": "exec yes >&2",
        "descriptors.py": "import os\nwhile True: os.dup(0)",
        "deep.py": "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n+1)+1\nf(0)",
        "deep.js": "const handler = () => { function f(n) { return f(n + 1) + 1; } return f(0); }",
        "crash.py": "import ctypes\nctypes.string_at(0)",
        "orphan.py":
            "import os,time\nif os.fork()==0:\n os.setsid()\n if os.fork()==0:\n  for n in range(3): os.close(n)\n  time.sleep(600)\n os._exit(0)\nos.wait()\nprint('\"gone\"')",
        "batch.py": """
        import os
        one='{"jsonrpc":"2.0","id":1,"method":"big","params":{}}'
        os.write(6,('['+','.join([one]*4000)+']\\n').encode())
        while True: pass
        """,
        "ask.py": """
        import os
        one=b'{"jsonrpc":"2.0","id":1,"method":"slow","params":{}}\\n'
        while True: os.write(6,one*100)
        """,
    ]

    /// A server whose tools are files that it runs.
    private static let server = """
        import json,sys
        for line in sys.stdin:
            call=json.loads(line); result={}
            if 'id' not in call: continue
            if call['method']=='initialize':
                result={'protocolVersion':'2025-11-25','capabilities':{'tools':{}},'serverInfo':{'name':'s','version':'1'}}
            elif call['method']=='tools/list':
                names=['loop','deaf','memory','children','sockets','disk','descriptors','deep','crash']
                result={'tools':[{'name':n,'inputSchema':{'type':'object'}} for n in names]}
            elif call['method']=='tools/call':
                exec(open(f"/capsule/{call['params']['name']}.py").read())
            print(json.dumps({'jsonrpc':'2.0','id':call['id'],'result':result}),flush=True)
        """

    private let folder: TemporaryDirectory
    private let manifest: Manifest
    private static let isHeld = geteuid() == 0 && ControlGroup(slot: 1_023) != nil

    init() throws {
        folder = try TemporaryDirectory("amx-abuse")
        for (name, lines) in Self.files {
            let isShell = name.hasSuffix(".sh")
            try folder.write("capsule/\(name)", text: isShell ? "#!/bin/sh\n\(lines)\n" : lines, executable: isShell)
        }
        try folder.write("capsule/server.py", text: Self.server)
        let tools = Self.rows.map { row in
            #"{"name": "\#(row.name)", "description": "d", "inputSchema": {}, "handler": "\#(row.handler)"}"#
        }
        let text = """
            {"id": "a", "name": "A", "version": "1.0.0", "tools": [\(tools.joined(separator: ","))],
             "mcpServers": [{"id": "s", "command": "python3", "args": ["server.py"]}],
             "resources": {"storage": {"temporary": "8MB"}}}
            """
        manifest = try Manifest.parse(Array(text.utf8))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let handler: String
        /// How it may end: a machine may notice one thing before the other.
        let outcomes: [RunOutcome]
        let milliseconds: UInt64
        let memory: UInt64

        var testDescription: String { handler }
        /// A tool's name of the handler's.
        var name: String { String(handler.map { $0.isLetter ? $0 : "_" }) }

        init(_ handler: String, _ outcomes: RunOutcome..., milliseconds: UInt64 = 60_000, memory: UInt64 = 64 << 20) {
            (self.handler, self.outcomes) = (handler, outcomes)
            (self.milliseconds, self.memory) = (milliseconds, memory)
        }
    }

    static let rows: [Row] = [
        Row("loop.py", .timeout, milliseconds: 300), Row("loop.js", .timeout, milliseconds: 300),
        Row("loop.sh", .timeout, milliseconds: 300), Row("mcp:s#loop", .timeout, milliseconds: 300),
        Row("deaf.py", .timeout, milliseconds: 300), Row("deaf.sh", .timeout, milliseconds: 300),
        Row("mcp:s#deaf", .timeout, milliseconds: 300), Row("sleep.sh", .timeout, milliseconds: 300),
        Row("memory.py", .oom), Row("memory.js", .oom), Row("memory.sh", .oom), Row("mcp:s#memory", .oom),
        Row("memfd.py", isHeld ? .oom : .exit(1)), Row("sockets.py", isHeld ? .oom : .exit(1), .exit(1)),
        Row("mcp:s#sockets", isHeld ? .oom : .exit(1), .exit(1)),
        // More processes are refused; where they are only watched, the program is ended.
        Row("children.py", isHeld ? .ok : .denied(.quota), .oom, memory: 1 << 30),
        Row("fork.sh", .timeout, .denied(.quota), .oom, milliseconds: 800, memory: 1 << 30),
        Row("disk.py", .exit(1), memory: 256 << 20), Row("disk.sh", .exit(1), .signal(25), memory: 256 << 20),
        Row("mcp:s#disk", .exit(1), memory: 256 << 20), Row("many.py", .exit(1), .oom, memory: 512 << 20),
        Row("name.py", .exit(1)), Row("output.sh", .denied(.quota)), Row("errors.sh", .denied(.quota)),
        Row("descriptors.py", .exit(1)), Row("mcp:s#descriptors", .exit(1)),
        Row("deep.py", .signal(11), .oom), Row("deep.js", .trap("exception")), Row("mcp:s#deep", .signal(11), .oom),
        Row("crash.py", .signal(11)), Row("mcp:s#crash", .signal(11)), Row("orphan.py", .ok),
        Row("batch.py", .timeout, milliseconds: 500), Row("ask.py", .timeout, milliseconds: 500),
    ]

    /// Answers with much, or slowly.
    private struct BusyHost: HostInterface {
        var asked = 0

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            asked += 1
            if method == "slow" { usleep(2_000) }
            return .string(method == "big" ? String(repeating: "x", count: 1 << 20) : "")
        }
    }

    private func run(_ row: Row, _ host: inout BusyHost) throws -> RunResult {
        let runner = CapsuleRunner(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        var limits = RunLimits(milliseconds: row.milliseconds, memoryBytes: row.memory)
        limits.outputBytes = 1 << 20
        limits.processes = 48
        let result = try runner.run(
            try RunTarget(row.name, of: manifest), input: [:], limits: limits, isApproved: true, host: &host)
        // What comes after it in the same sandbox is not touched by it.
        return result
    }

    @Test(arguments: rows) func itEndsAsItShould(_ row: Row) throws {
        var host = BusyHost()
        let result = try run(row, &host)
        #expect(row.outcomes.contains(result.outcome), "\(result.outcome) \(result.error ?? "")")
        #expect(result.usage.isMemoryWatched == !Self.isHeld)
        if result.outcome == .oom, Self.isHeld {
            // What the kernel holds is held to the page, and what is counted is what was used.
            #expect(result.usage.peakBytes <= row.memory)
            #expect(result.usage.peakBytes >= row.memory / 10 * 9)
        }
        if result.outcome == .timeout {
            let late = Int(result.usage.wallMicroseconds) / 1_000 - Int(row.milliseconds)
            #expect(late >= 0)
            // A busy machine is late with anything: then so are runs that end by themselves, though not each of them.
            if late > 500 {
                let runs = try (0..<4).map { _ in try run(Row("orphan.py", .ok), &host).usage.wallMicroseconds }
                let slowest = Int(runs.max() ?? 0) / 1_000
                #expect(late <= 5 * slowest, "\(late) ms late, and the slowest short run took \(slowest) ms")
            }
        }
        // What waited for an answer when it was over has none: a batch asks for gigabytes.
        #expect(host.asked < 2_000)
    }

    /// Processor time is held to its share, and counted.
    @Test(.enabled(if: isHeld, "only root has control groups of its own"))
    func processorTimeIsHeldAndCounted() throws {
        var host = BusyHost()
        let runner = CapsuleRunner(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        var limits = RunLimits(milliseconds: 2_000, memoryBytes: 64 << 20)
        limits.milliprocessors = 200
        let result = try runner.run(
            try RunTarget("loop_sh", of: manifest), input: [:], limits: limits, isApproved: true, host: &host)
        #expect(result.outcome == .timeout)
        // A fifth of two seconds, and a tenth of that, with a slice of the scheduler at both ends.
        #expect(result.usage.processorMicroseconds <= 440_000 + 40_000)
    }
}
