import Foundation
import TestSupport
import Testing

/// `amx doctor`.
@Suite(.onTestThreads) struct DoctorTests {
    @Test func triesWhatRunsNeed() throws {
        let user = try AmxTool()
        let checks = try user.json("doctor")["checks"].array
        #expect(
            checks.map { $0["name"].string } == ["sandbox", "user", "memory", "python3", "node", "js", "wasm", "vm"])
        let states = Dictionary(checks.map { ($0["name"].string ?? "", $0["state"].string ?? "") }) { $1 }
        #expect(states["sandbox"] == "ok" && states["python3"] == "ok" && states["js"] == "ok")
        #expect(states["user"] == (geteuid() == 0 ? "ok" : "limited"))
        #expect(states["wasm"] == "ok")
        // It takes QEMU, which not every machine has.
        #expect(states["vm"] == "ok" || states["vm"] == "missing")
    }

    @Test func whatIsNeededAndMissingFails() throws {
        let user = try AmxTool()
        let alone = "\(user.directory)/amx"
        // By another process: this one may start others while it has the file open, and such a file is busy.
        _ = try Tool.run("/bin/cp", [Executables.amx, alone], in: user.directory)
        let outcome = try Tool.run(alone, ["doctor"], in: user.directory, environment: user.environment)
        #expect(outcome.status == 1)
        #expect(outcome.text.contains("worker  missing"))
        #expect(outcome.errors.contains("capsules cannot run here: there is no \(user.directory)/amx-worker"))
        // The engines of scripts and modules are missed only by what needs it.
        let worker = (Executables.amx as NSString).deletingLastPathComponent + "/amx-worker"
        _ = try Tool.run("/bin/cp", [worker, "\(user.directory)/amx-worker"], in: user.directory)
        let some = try Tool.run(alone, ["doctor", "--json"], in: user.directory, environment: user.environment)
        #expect(some.status == 0)
        let checks = try JSONNode(some.output)["checks"].array
        #expect(checks.first { $0["name"].string == "js" }?["state"].string == "missing")
        #expect(checks.first { $0["name"].string == "wasm" }?["state"].string == "missing")
    }
}
