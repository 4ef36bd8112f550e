import Capsules
import Foundation
import Guard
import Isolation
import Objects
import TestSupport
import Testing

@testable import Runners

/// Capsules that are to run in a virtual machine.
@Suite("Runners: runs in virtual machines", .onTestThreads) struct MachineRunTests {
    private let folder: TemporaryDirectory

    /// A host that says what it was asked.
    private struct Witness: HostInterface {
        var methods: [String] = []

        mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
            methods.append(method)
            if method == "kv.get" { return ["found": true, "value": 41] }
            return .null
        }
    }

    /// As those of the sandbox's tests, whose images these are.
    static var source: MachineSource {
        let place = (BuiltPrograms.worker as NSString).deletingLastPathComponent
        var parts = VirtualMachine.Parts(worker: BuiltPrograms.worker, cache: "\(place)/vm-images")
        if let folder = ProcessInfo.processInfo.environment["AMX_GUEST_KERNEL"] { parts.kernels = [folder] }
        return MachineSource(parts)
    }

    static let isPossible = (try? VirtualMachine(source.parts)) != nil
    static let comment: Comment = "needs QEMU and a kernel with 9p: docs/running.md, \"Virtual machines\""
    private static let limits = RunLimits(milliseconds: 120_000, memoryBytes: 0)

    /// A module whose function `main` does nothing, which gives `null`.
    private static let module: [UInt8] = [
        0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00,
        0x07, 0x08, 0x01, 0x04, 0x6D, 0x61, 0x69, 0x6E, 0x00, 0x00, 0x0A, 0x04, 0x01, 0x02, 0x00, 0x0B,
    ]

    init() throws {
        folder = try TemporaryDirectory("amx-capsule")
        try folder.write(
            "capsule/visit.js",
            text: """
                async function handler(input) {
                  const { value } = await aimatrix.kv.get({ key: input.customer });
                  return { visits: value + 1, twice: [1, 2].map(n => n * 2) };
                }
                """)
        try folder.write(
            "capsule/visit.py",
            text: """
                import json, os, sys
                given = json.load(sys.stdin)
                channel = os.fdopen(int(os.environ["AIMATRIX_CHANNEL"]), "r+b", buffering=0)
                def ask(id, method, **parameters):
                    channel.write(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}).encode() + b"\\n")
                    line = b""
                    while not line.endswith(b"\\n"): line += channel.read(1)
                    return json.loads(line)["result"]
                found = ask(1, "kv.get", key=given["customer"])
                ask(2, "kv.set", key=given["customer"], value=found["value"] + 1)
                print("said", file=sys.stderr)
                with open("/proc/cpuinfo") as text: names = [line for line in text if line.startswith("model name")]
                json.dump({"visits": found["value"] + 1, "processor": names[0].split(":")[1].strip()}, sys.stdout)
                """)
        try folder.write("capsule/main.wasm", Self.module)
        try folder.write("capsule/own.sh", text: "#!/usr/bin/sh\ncat\n", executable: true)
        try folder.write("capsule/endless.py", text: "while True: pass")
        try folder.write("capsule/endless.js", text: "function handler() { for (;;); }")
        try folder.write("capsule/bomb.py", text: "x=[]\nwhile True: x.append(bytearray(1<<20))")
        try folder.write(
            "capsule/bomb.js", text: "function handler() { const x = []; for (;;) x.push(new Array(1e5).fill(1.5)); }")
        try folder.write("capsule/loud.py", text: "import sys\nwhile True: sys.stdout.write('x' * 60000)")
        try folder.write(
            "capsule/rude.py", text: "import os\nfor _ in range(3): os.write(6, b'no json\\n' * 1000)\nprint(7)")
        try folder.write(
            "capsule/left.py", text: "import os\nif os.fork() == 0:\n    while True: os.write(2, b'')\nprint(8)")
    }

    private func manifest(_ isolation: String) throws -> Manifest {
        let handlers = [
            "visit.js", "visit.py", "own.sh", "endless.py", "endless.js", "bomb.py", "bomb.js", "loud.py", "rude.py",
            "left.py", "mcp:s#t", "component:m#main",
        ]
        let tools = handlers.map { handler in
            let name = String(handler.map { $0 == "." || $0 == ":" || $0 == "#" ? "-" : $0 })
            return "{\"name\": \"\(name)\", \"description\": \"d\", \"inputSchema\": {}, \"handler\": \"\(handler)\"}"
        }
        let text = """
            {"id": "a", "name": "A", "version": "1.0.0", "sandbox": {"isolation": "\(isolation)"},
             "mcpServers": [{"id": "s", "name": "s", "command": "python3", "args": ["visit.py"]}],
             "components": [{"id": "m", "file": "main.wasm", "hash": "sha256:\(SHA256Hasher.hash(of: Self.module).hex)"}],
             "tools": [\(tools.joined(separator: ", "))]}
            """
        return try Manifest.parse(Array(text.utf8))
    }

    private func run(
        _ tool: String, _ input: JSONValue = ["customer": "c"], asked: SandboxSettings.Isolation? = nil,
        isolation: String = "vm", limits: RunLimits = Self.limits, from source: MachineSource? = Self.source,
        host: inout Witness
    ) throws -> RunResult {
        let manifest = try manifest(isolation)
        let runner = CapsuleRunner(
            worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest, isolation: asked,
            machines: source)
        return try runner.run(
            RunTarget(tool, of: manifest), input: input, limits: limits, isApproved: true, host: &host)
    }

    // MARK: Where there are none

    @Test(arguments: ["visit-js", "visit-py", "own-sh", "component-m-main"]) func withoutMachinesNothingRuns(
        _ tool: String
    )
        throws
    {
        var host = Witness()
        for (isolation, asked) in [("vm", nil), ("vm", .container), ("container", SandboxSettings.Isolation.vm)] {
            let result = try run(tool, asked: asked, isolation: isolation, from: nil, host: &host)
            #expect(result.outcome == .setupFailed)
            #expect(result.error == "a is to run in a virtual machine, and there are none here")
        }
        #expect(host.methods.isEmpty)
    }

    @Test(arguments: ["visit-js", "visit-py", "own-sh"]) func withoutQEMUNothingRuns(_ tool: String) throws {
        var source = Self.source
        source.parts.emulator = "/usr/bin/no-such-qemu"
        var host = Witness()
        let error = #expect(throws: AmxError.self) { try run(tool, from: source, host: &host) }
        #expect(error?.code == .failure)
        #expect(error?.message == "cannot run in a virtual machine: QEMU is not installed")
        #expect(error?.hint?.contains("apt-get install qemu-system-x86") == true)
        #expect(host.methods.isEmpty)
    }

    @Test func serversDoNotRunInOne() throws {
        var host = Witness()
        let result = try run("mcp-s-t", host: &host)
        #expect(result.outcome == .setupFailed)
        #expect(
            result.error
                == "a is to run in a virtual machine, in which Amx runs no MCP servers")
        #expect(host.methods.isEmpty)
    }

    /// Nor when a capsule is loaded, where its servers would be asked for their tools.
    @Test func serversAreNotLoadedInAContainer() throws {
        let manifest = try manifest("vm")
        for source in [Self.source, nil] {
            let engines = EngineSet(
                worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest, machines: source)
            let error = #expect(throws: AmxError.self) { try engines.offeredTools() }
            #expect(error?.message.hasPrefix("a is to run in a virtual machine, ") == true, "\(error?.message ?? "")")
            #expect(throws: AmxError.self) { try engines.load() }
            #expect(try engines.checkHealth() != .ready)
        }
    }

    @Test func theDoctorSaysWhatIsMissing() throws {
        let empty = try TemporaryDirectory("amx-doctor")
        var source = Self.source
        source.parts.emulator = "/usr/bin/no-such-qemu"
        let check = Doctor(worker: BuiltPrograms.worker, in: empty.path, machines: source).checks().last
        #expect(check?.name == "vm" && check?.state == .missing && check?.isNeeded == false)
        #expect(check?.detail == "cannot run in a virtual machine: QEMU is not installed")
        #expect(check?.hint?.contains("apt-get install qemu-system-x86") == true)
        let other = try TemporaryDirectory("amx-doctor")
        #expect(Doctor(worker: BuiltPrograms.worker, in: other.path, machines: nil).checks().last?.state == .missing)
    }

    // MARK: Where there are

    @Test(.enabled(if: isPossible, comment), arguments: [("vm", nil), ("container", SandboxSettings.Isolation.vm)])
    func programsRun(_ isolation: String, _ asked: SandboxSettings.Isolation?) throws {
        var host = Witness()
        let result = try run("visit-py", asked: asked, isolation: isolation, host: &host)
        #expect(result.outcome == .ok, "\(result)")
        #expect(result.result["visits"] == 42)
        // It is another machine's processor.
        #expect(result.result["processor"]?.string?.hasPrefix("QEMU TCG CPU") == true)
        #expect(host.methods == ["kv.get", "kv.set"])
        #expect(result.log == Array("said\n".utf8))
        #expect(
            result.usage.bytesOut > 0 && result.usage.wallMicroseconds > 0 && result.usage.processorMicroseconds > 0)
        #expect(result.usage.peakBytes > 1 << 20 && result.usage.peakBytes < 128 << 20)
        #expect(try run("own-sh", [1, "two"], host: &host).result == [1, "two"])
    }

    @Test(.enabled(if: isPossible, comment)) func scriptsRun() throws {
        let manifest = try manifest("vm")
        let runner = CapsuleRunner(
            worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest, machines: Self.source)
        var host = Witness()
        for _ in 0..<3 {
            let result = try runner.run(
                RunTarget("visit-js", of: manifest), input: ["customer": "c"], limits: Self.limits, isApproved: true,
                host: &host)
            #expect(result.outcome == .ok, "\(result)")
            #expect(result.result == ["visits": 42, "twice": [2, 4]])
        }
        #expect(host.methods == ["kv.get", "kv.get", "kv.get"])
    }

    @Test(.enabled(if: isPossible && (try? WasmLibrary.path()) != nil, comment)) func modulesRun() throws {
        var host = Witness()
        let result = try run("component-m-main", .null, host: &host)
        #expect(result.outcome == .ok, "\(result)")
        #expect(result.result == .null)
    }

    @Test(
        .enabled(if: isPossible, comment),
        arguments: [
            ("endless-py", UInt64(6_000), RunOutcome.timeout), ("endless-js", 10_000, .timeout),
            ("bomb-py", 120_000, .oom), ("bomb-js", 120_000, .oom), ("loud-py", 120_000, .denied(.quota)),
        ])
    func whatDoesNotEndIsEnded(_ tool: String, _ milliseconds: UInt64, _ outcome: RunOutcome) throws {
        var host = Witness()
        let result = try run(
            tool, limits: RunLimits(milliseconds: milliseconds, memoryBytes: 100 << 20), host: &host)
        #expect(result.outcome == outcome, "\(result.error ?? "")")
    }

    @Test(.enabled(if: isPossible, comment), arguments: [("rude-py", 7), ("left-py", JSONValue(8))])
    func whoBehavesBadlyHarmsNobody(_ tool: String, _ value: JSONValue) throws {
        var host = Witness()
        let result = try run(tool, host: &host)
        #expect(result.result == value, "\(result)")
    }

    @Test(.enabled(if: isPossible, comment)) func theDoctorBootsOne() throws {
        let empty = try TemporaryDirectory("amx-doctor")
        let check = Doctor(worker: BuiltPrograms.worker, in: empty.path, machines: Self.source).checks().last
        #expect(check?.name == "vm" && check?.state == .ok, "\(check?.detail ?? "")")
        #expect(check?.detail.contains("Linux ") == true)
    }
}
