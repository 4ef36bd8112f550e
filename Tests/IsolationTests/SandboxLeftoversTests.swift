import Foundation
import TestSupport
import Testing

@testable import Isolation

/// What runs leave behind: nothing, also where somebody is killed in the middle of a start.
@Suite(.onTestThreads, .enabled(if: geteuid() == 0, "only root's sandboxes have slots"))
struct SandboxLeftoversTests {
    static let limits = SandboxLimits(milliseconds: 120_000)

    /// A process of its own, so that nobody else's descriptors are counted.
    @Test func twoHundredRunsLeaveNothing() async throws {
        let folder = try TemporaryDirectory("amx-leftovers")
        try folder.write("capsule/a.txt", text: "a")
        await #expect(processExitsWith: .success) {
            [path = folder.path as String, worker = SandboxFixture.worker as String] in
            setenv("TMPDIR", path, 1)
            let sandbox = try Sandbox(worker: worker, showing: path + "/capsule")
            let slot = try #require(sandbox.slot)
            let programs: [(words: [String], ending: SandboxResult.Ending)] = [
                (["/usr/bin/true"], .exited(0)),
                (["/usr/bin/sh", "-c", "(setsid sleep 600 &) ; echo x > /tmp/x; echo y > /dev/shm/y"], .exited(0)),
                (["/usr/bin/sh", "-c", "kill -SEGV $$"], .signalled(11)),
                (["/usr/bin/none"], .setupFailed),
            ]
            func state() throws -> [String] {
                let launcher = try #require(sandbox.launcher).id
                let files = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
                return SlotTraces.descriptors(of: getpid()) + SlotTraces.descriptors(of: launcher) + files + [
                    "\(launcher) \(SlotTraces.children(of: launcher)) \(SlotTraces.children(of: getpid()))",
                    "\(SlotTraces(of: slot))",
                ]
            }
            for program in programs {
                #expect(try sandbox.run(program.words, limits: SandboxLeftoversTests.limits).ending == program.ending)
            }
            let before = try state()
            for number in 0..<200 {
                let program = programs[number % programs.count]
                let result = try sandbox.run(program.words, input: [1, 2, 3], limits: SandboxLeftoversTests.limits)
                #expect(result.ending == program.ending, "\(number)")
            }
            let after = try state()
            // A process of its own tells of its issues only that there are some.
            for line in Set(before).symmetricDifference(after) { print("left:", line) }
            #expect(after == before)
        }
    }

    /// What its launcher could not end is ended, and the sandbox goes on with another one.
    @Test(arguments: [0, 100, 300, 600, 1_000, 1_500, 2_500, 5_000])
    func aLauncherIsKilledInMidStart(_ microseconds: UInt32) throws {
        let folder = try TemporaryDirectory("amx-leftovers")
        try folder.write("capsule/a.txt", text: "a")
        let sandbox = try Sandbox(worker: SandboxFixture.worker, showing: folder.path + "/capsule")
        let slot = try #require(sandbox.slot)
        for _ in 0..<4 {
            #expect(try sandbox.run(["/usr/bin/true"], limits: SandboxLeftoversTests.limits).ending == .exited(0))
            let launcher = try #require(sandbox.launcher).id
            let program = try sandbox.start(["/usr/bin/sleep", "600"], input: [], limits: SandboxLeftoversTests.limits)
            usleep(microseconds)
            kill(launcher, SIGKILL)
            #expect(throws: (any Error).self) { try program.wait() }
            // They were killed, and nobody starts others.
            #expect(Patience.waits { SlotTraces.processes(of: slot.user) == [] })
        }
        #expect(try sandbox.run(["/usr/bin/true"], limits: SandboxLeftoversTests.limits).ending == .exited(0))
        // The slot's next holder may have no room for zombies.
        let launcher = try #require(sandbox.launcher).id
        #expect(Patience.waits { SlotTraces.processes(of: slot.user, withZombies: true) == [launcher] })
    }

    /// The launcher ends all of it when its supervisor is gone.
    @Test(arguments: [0, 300, 1_000, 2_500, 10_000])
    func aSupervisorIsKilledInMidStart(_ microseconds: UInt32) async throws {
        let folder = try TemporaryDirectory("amx-leftovers")
        try folder.write("capsule/a.txt", text: "a")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                path = folder.path as String, worker = SandboxFixture.worker as String,
                microseconds = microseconds as UInt32
            ]
            in
            let sandbox = try Sandbox(worker: worker, showing: path + "/capsule")
            let slot = try #require(sandbox.slot)
            try "\(slot.index)".write(toFile: path + "/slot", atomically: true, encoding: .utf8)
            if microseconds > 300 { _ = try sandbox.run(["/usr/bin/true"], limits: SandboxLeftoversTests.limits) }
            let program = try sandbox.start(["/usr/bin/sleep", "987"], input: [], limits: SandboxLeftoversTests.limits)
            usleep(microseconds)
            withExtendedLifetime(program) { _ = kill(getpid(), SIGKILL) }
        }
        let index = try #require(UInt32(try String(contentsOfFile: folder.path + "/slot", encoding: .utf8)))
        // Somebody else may have the slot by now, who runs something else.
        #expect(
            Patience.waits {
                !SlotTraces.processes(of: Slot.firstUser + index).contains { process in
                    FileText.read("/proc/\(process)/cmdline")?.contains("987") == true
                }
            })
    }

    /// Whoever ends a slot's launcher by force leaves its programs to the next one, which begins with ending them.
    @Test func aSlotBeginsWithNobody() throws {
        let slot = try Slot.take()
        let left = try RunningProgram(
            "setpriv", ["--reuid", "\(slot.user)", "--regid", "\(slot.user)", "--clear-groups", "sleep", "988"])
        #expect(Patience.waits { SlotTraces.processes(of: slot.user).contains(left.processIdentifier) })
        let launcher = try RunningLauncher(worker: SandboxFixture.worker, slot: slot)
        #expect(left.waitUntilExit() == 128 + SIGKILL)
        withExtendedLifetime(launcher) {}
    }
}
