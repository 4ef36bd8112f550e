import CLinux
import Foundation
import TestSupport
import Testing

@testable import Isolation

@Suite(.onTestThreads) struct SandboxTests {
    @Test(arguments: SandboxFixture.Kind.allCases) func runsAProgram(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        let result = try sandbox.shell("cat; cat /capsule/secret.txt; echo wrong >&2; exit 7")
        #expect(result.reply.ending == .exited(7))
        #expect(result.output == "of the capsule\n")
        #expect(result.errors == "wrong\n")
        // The launcher takes the next one.
        #expect(try sandbox.run(["/usr/bin/cat"], input: "given").output == "given")
        #expect(try sandbox.shell("true").reply.ending == .exited(0))
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func tellsHowAProgramEnded(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        #expect(try sandbox.shell("kill -SEGV $$").reply.ending == .signalled(11))
        #expect(try sandbox.run(["/usr/bin/no-such-program"]).reply.ending == .setupFailed)
        #expect(try sandbox.run(["/capsule/secret.txt"]).reply.ending == .setupFailed)
        let start = MonotonicMilliseconds.now()
        let late = try sandbox.shell(
            "trap '' TERM INT HUP; (setsid sleep 600 &) ; while :; do :; done", milliseconds: 300)
        #expect(late.reply.ending == .timedOut)
        #expect(late.reply.wallMicroseconds >= 300_000)
        #expect(MonotonicMilliseconds.now() - start < 30_000)
        #expect(try sandbox.shell("sleep 0").reply.ending == .exited(0))
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func nothingIsLeftRunning(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        for _ in 0..<20 {
            #expect(
                try sandbox.shell("(setsid sleep 600 &) ; (nohup sleep 600 >/dev/null 2>&1 &) ; true").reply.ending
                    == .exited(0))
        }
        let children = try String(
            contentsOfFile: "/proc/\(sandbox.launcher.id)/task/\(sandbox.launcher.id)/children", encoding: .utf8)
        #expect(children.isEmpty)
    }

    /// A supervisor may have files open that its children would have as well: none reaches a program.
    @Test(arguments: SandboxFixture.Kind.allCases) func openFilesStayOutside(_ kind: SandboxFixture.Kind) throws {
        let folder = try TemporaryDirectory("amx-open")
        let file = open(try folder.write("secret", text: "of the host"), O_RDONLY)
        let leaks = [50, 200, 250].map { fcntl(file, F_DUPFD, $0) }
        close(file)
        defer { for leak in leaks { close(leak) } }
        #expect(leaks.allSatisfy { $0 >= 50 })
        let sandbox = try SandboxFixture(kind)
        // Of the first process too: what it has, the program could open.
        let lines = "import os\nfor p in ('self','1'): print(sorted(int(f) for f in os.listdir(f'/proc/{p}/fd')))"
        #expect(try sandbox.python(lines).output == "[0, 1, 2, 3]\n[0, 1, 2, 4]\n")
    }

    /// A sandbox that is to be ended while it is made: its parts do not go on without each other.
    @Test(arguments: SandboxFixture.Kind.allCases) func anEndInMidStartIsTheEnd(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        for round in 0..<60 {
            let late = try sandbox.run(["/usr/bin/sleep", "600"], milliseconds: UInt64(1 + round % 6))
            #expect(late.reply.ending == .timedOut)
            #expect(late.reply.wallMicroseconds < 300_000_000)
        }
        #expect(SlotTraces.children(of: sandbox.launcher.id) == [])
        #expect(try sandbox.shell("true").reply.ending == .exited(0))
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func memoryIsWatched(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        // With pauses: a busy machine looks late.
        let lines = "import time\nx=[]\nwhile True: x.append(bytearray(1<<20)); time.sleep(0.005)"
        let bomb = try sandbox.python(lines, watched: 64 << 20)
        #expect(bomb.reply.ending == .outOfMemory)
        #expect(bomb.reply.peakBytes > 64 << 20)
        #expect(bomb.reply.peakBytes < 512 << 20)
        #expect(try sandbox.python("print(1)", watched: 256 << 20).output == "1\n")
    }

    /// A launcher ends all processes of its user: until it has ended itself, nobody else may have that user.
    @Test(.enabled(if: geteuid() == 0, "only root has slots"))
    func aSlotIsTakenAsLongAsItsLauncherLives() throws {
        var slot: Slot? = try Slot.take()
        let lock = try #require(slot).folder + ".lock"
        let descriptor = open(lock, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        var launcher: RunningLauncher? = try RunningLauncher(worker: SandboxFixture.worker, slot: slot)
        slot = nil
        #expect(amx_flock_try(descriptor, 1) != 0)
        // Also where nobody else lives any more who has it.
        let id = try #require(launcher).id
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/1") == lock)
        launcher = nil
        #expect(kill(id, 0) != 0)
    }

    @Test func launchersAreTold() throws {
        let slot = geteuid() == 0 ? try Slot.take() : nil
        var all = [LauncherArguments()]
        if let slot {
            let shown = [SandboxView.Shown("/a", at: "/capsule"), SandboxView.Shown("/b", at: "/c/d")]
            all += [
                LauncherArguments(slot, groups: [], shown: []), LauncherArguments(slot, groups: ["/g"], shown: []),
                LauncherArguments(slot, groups: ["/g", "/h"], shown: shown),
            ]
        }
        for arguments in all {
            #expect(LauncherArguments(arguments.words.dropFirst()) == arguments)
            // Nothing shorter is one, but for the words of none at all.
            for count in 1..<arguments.words.count where count > 1 {
                let read = LauncherArguments(arguments.words.prefix(count).dropFirst())
                #expect(read == nil || read?.words == Array(arguments.words.prefix(count)))
            }
        }
        for wrong in [
            ["0", "/f", "0"], ["x", "/f", "0"], ["1", "f", "0"], ["1", "/f", "-1"], ["1", "/f", "2", "/g"],
        ] {
            #expect(LauncherArguments(wrong[...]) == nil, "\(wrong)")
        }
    }

    @Test func requestsAreRead() {
        let request = LaunchRequest(
            path: "/usr/bin/bwrap", arguments: ["a", "", "é"], environment: ["A": "b=c", "D": ""], milliseconds: 9,
            limits: ProcessLimits(processorSeconds: 1, fileBytes: 2, openFiles: 3, processes: 4),
            watched: LaunchRequest.Watched(bytes: 5, processes: 6))
        #expect(LaunchRequest(request.bytes) == request)
        // No prefix and nothing longer is one.
        for count in 0..<request.bytes.count { #expect(LaunchRequest(Array(request.bytes.prefix(count))) == nil) }
        #expect(LaunchRequest(request.bytes + [0]) == nil)
        for name in ["", "A=B", "A\0"] {
            var wrong = request
            wrong.environment[name] = "value"
            #expect(LaunchRequest(wrong.bytes) == nil)
        }
        let reply = LaunchReply(.signalled(9), processorMicroseconds: 1, wallMicroseconds: 2, peakBytes: 3)
        #expect(LaunchReply(reply.bytes) == reply)
        for count in 0..<reply.bytes.count { #expect(LaunchReply(Array(reply.bytes.prefix(count))) == nil) }
    }

    /// Whatever the bytes are, reading them ends well.
    @Test(arguments: [1, 2, 3]) func damagedRequestsAreNone(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let request = LaunchRequest(
            path: "/usr/bin/bwrap", arguments: ["--ro-bind", "/a", "/b"], environment: ["PATH": "/usr/bin", "Z": ""],
            milliseconds: 9, limits: ProcessLimits(processorSeconds: 1, fileBytes: 2, openFiles: 3, processes: 4))
        for _ in 0..<3_000 {
            var bytes = request.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let read = LaunchRequest(bytes) { #expect(read.bytes == bytes) }
        }
    }
}
