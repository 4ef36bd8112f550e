import Objects
import TestSupport
import Testing

@testable import Capsules
@testable import Runners

@Suite("Runners: programs for several machines", .onTestThreads) struct CapsuleProgramTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory("amx-machines") }

    private func add(_ path: String) throws {
        let text = "#!/bin/sh\nprintf '\"%s\"' \"$0\"\n"
        try folder.write("capsule/\(path)", text: text, executable: true)
    }

    private func run(_ path: String) throws -> RunResult {
        let document: JSONValue = [
            "id": "a", "name": "A", "version": "1.0.0",
            "tools": [["name": "t", "description": "d", "inputSchema": [:], "handler": .string(path)]],
        ]
        let manifest = try Manifest.parse(JSONWriter.bytes(document))
        var host = NoHost()
        let runner = CapsuleRunner(worker: BuiltPrograms.worker, showing: folder.path + "/capsule", of: manifest)
        return try runner.run(try RunTarget("t", of: manifest), input: [:], host: &host)
    }

    @Test func theProgramForThisMachineRuns() throws {
        let (first, second) = (MachineVariant.here[0], MachineVariant.here[1])
        try add("bin/\(second)/tool")
        #expect(try run("bin/tool").result == .string("/capsule/bin/\(second)/tool"))
        try add("bin/\(first)/tool")
        #expect(try run("bin/tool").result == .string("/capsule/bin/\(first)/tool"))
        // A program of that very name counts before any of these.
        try add("bin/tool")
        #expect(try run("bin/tool").result == "/capsule/bin/tool")
    }

    @Test func thoseForOtherMachinesAreNamed() throws {
        try add("bin/sparc64-unknown-linux-gnu/tool")
        try add("bin/m68k-unknown-linux-gnu/tool")
        try add("bin/riscv64-unknown-linux-gnu/other")
        let result = try run("bin/tool")
        #expect(result.outcome == .setupFailed)
        #expect(result.error?.contains("bin/tool is not there for this machine") == true)
        #expect(result.error?.contains("it is there for m68k-unknown-linux-gnu, sparc64-unknown-linux-gnu;") == true)
        // One of nothing at all is the sandbox's to tell.
        #expect(try run("bin/none").outcome != .ok)
    }

    @Test func serversAreStartedAlike() throws {
        let path = try TreePath("servers/db")
        let variant = "servers/\(MachineVariant.here[0])/db"
        try add(variant)
        let digest = SHA256Hasher.hash(of: Array("other".utf8))
        func command(_ hash: SHA256Digest?) throws -> ServerCommand {
            let server = MCPServer(id: "db", command: .file(path), arguments: ["-x"], environment: [:], hash: hash)
            return try ServerCommand(server, folder: folder.path + "/capsule", interpreters: [:], settings: [:])
        }
        #expect(try command(nil).words == ["/capsule/\(variant)", "-x"])
        // The hash is that of the file that is run.
        let error = try #require(throws: AmxError.self) { try command(digest).verify("db") }
        #expect(error.code == .verification && error.message.contains(variant))
    }
}
