import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// Programs in guests, where QEMU and a kernel for them are.
@Suite("Isolation: virtual machines", .onTestThreads, .enabled(if: MachineFixture.isPossible, MachineFixture.comment))
struct VirtualMachineTests {
    private let folder: TemporaryDirectory
    private let sandbox: Sandbox

    /// Emulated processors are slow, and the machine may be busy.
    private static let limits = SandboxLimits(milliseconds: 120_000)

    init() throws {
        folder = try TemporaryDirectory("amx-vm")
        try folder.write("capsule/text.txt", text: "of the capsule\n")
        sandbox = try Sandbox(
            worker: SandboxFixture.worker, showing: folder.path + "/capsule", machine: try MachineFixture.machine())
    }

    private func shell(_ lines: String, input: String = "", _ limits: SandboxLimits = Self.limits) throws
        -> SandboxResult
    {
        try sandbox.run(["/usr/bin/sh", "-c", lines], input: Array(input.utf8), limits: limits)
    }

    private func text(_ lines: String) throws -> String {
        String(decoding: try shell("{ \(lines); } 2>&1").output, as: UTF8.self)
    }

    @Test func runsAndAnswers() throws {
        let result = try shell("cat; cat text.txt; echo wrong >&2; exit 3", input: "given ")
        #expect(result.ending == .exited(3))
        #expect(String(decoding: result.output, as: UTF8.self) == "given of the capsule\n")
        #expect(String(decoding: result.errors, as: UTF8.self) == "wrong\n")
        #expect(result.wallMicroseconds > 0)
        #expect(result.processorMicroseconds > 0)
        // What the program used, not what the guest has.
        #expect(result.peakBytes > 0 && result.peakBytes < 64 << 20, "\(result.peakBytes)")
        #expect(try shell("echo more").output == Array("more\n".utf8))
    }

    @Test func tellsHowAProgramEnded() throws {
        #expect(try shell("kill -SEGV $$").ending == .signalled(11))
        #expect(try shell("kill -KILL $$").ending == .signalled(9))
        #expect(try shell("exit 200").ending == .exited(200))
        let missing = try sandbox.run(["/usr/bin/no-such-program"], limits: Self.limits)
        #expect(missing.ending == .setupFailed)
        #expect(
            String(decoding: missing.errors, as: UTF8.self) == "/usr/bin/no-such-program: No such file or directory\n")
        #expect(try sandbox.run(["/capsule/text.txt"], limits: Self.limits).ending == .setupFailed)
    }

    @Test func largeStreamsPassWhole() throws {
        let input = String(repeating: "0123456789abcdef", count: 200_000)
        let result = try shell("tee /dev/stderr", input: input)
        // Not compared as arrays: where they differ, showing how takes for ever.
        #expect(String(decoding: result.output, as: UTF8.self) == input, "\(result.output.count)")
        #expect(String(decoding: result.errors, as: UTF8.self) == input, "\(result.errors.count) \(result.ending)")
    }

    @Test func variablesAndDirectoryAreThoseOfASandbox() throws {
        let result = try sandbox.run(
            ["/usr/bin/sh", "-c", "pwd; echo \"$TOKEN\"; env | grep -v -e TOKEN -e PWD -e c=d | sort"],
            environment: ["TOKEN": "a b\nc=d"], limits: Self.limits)
        #expect(
            String(decoding: result.output, as: UTF8.self)
                == "/capsule\na b\nc=d\nHOME=/tmp\nLANG=C.UTF-8\nPATH=/usr/bin\nTMPDIR=/tmp\n")
    }

    @Test(arguments: [
        "yes", "yes >&2", "while :; do printf '\\0amx-vm\\n\\1\\0\\0\\0' >&2; yes | head -c 300000; done",
    ])
    func floodsAreEnded(_ lines: String) throws {
        var limits = Self.limits
        limits.outputBytes = 1 << 20
        let result = try shell(lines, limits)
        #expect(result.ending == .tooMuchOutput)
        #expect(result.output.count + result.errors.count <= 1 << 20 + 4_096)
        #expect(MachineFixture.emulators(seeing: folder.path).isEmpty)
        #expect(try shell("echo next").output == Array("next\n".utf8))
    }

    @Test func nobodyFakesAReport() throws {
        // The report of a program that ended well, and zeros behind it, written by a program that does not.
        let report =
            "\\0amx-vm\\n\\1" + String(repeating: "\\0", count: 47) + "\\100" + String(repeating: "\\0", count: 40)
        let result = try shell("printf '\(report)' >&2; exit 9")
        #expect(result.ending == .exited(9))
        #expect(result.errors.count == 97)
    }

    @Test func timeIsHeld() throws {
        var limits = Self.limits
        limits.milliseconds = 4_000
        let result = try shell("trap '' TERM INT HUP; (setsid sleep 600 &); while :; do :; done", limits)
        #expect(result.ending == .timedOut)
        #expect(result.wallMicroseconds >= 4_000_000)
        #expect(MachineFixture.emulators(seeing: folder.path).isEmpty)
        #expect(try shell("echo next").output == Array("next\n".utf8))
    }

    @Test(arguments: [
        "exec python3 -I -c 'x=[]\nwhile True: x.append(bytearray(1<<20))'",
        "python3 -I -c 'x=[]\nwhile True: x.append(bytearray(1<<20))'; true",
        "cat /dev/zero > /tmp/a & cat /dev/zero > /dev/shm/b; wait; python3 -I -c 'bytearray(40 << 20)'",
    ]) func memoryIsHeld(_ lines: String) throws {
        var limits = Self.limits
        limits.memoryBytes = 64 << 20
        let result = try shell(lines, limits)
        #expect(result.ending == .outOfMemory)
        #expect(result.peakBytes <= 64 << 20)
        #expect(result.peakBytes > 32 << 20)
    }

    @Test func filesProcessesAndDescriptorsAreHeld() throws {
        var limits = Self.limits
        (limits.temporaryBytes, limits.processes, limits.openFiles) = (2 << 20, 12, 16)
        let result = try shell(
            """
            head -c 9000000 /dev/zero > /tmp/a; wc -c < /tmp/a
            python3 -I -c '
            import os
            opened = []
            try:
                while True: opened.append(os.open("/dev/null", 0))
            except OSError as error: print(len(opened) < 16, error.errno)
            for number in opened: os.close(number)
            count = 0
            try:
                while count < 50:
                    if os.fork() == 0: os.execv("/usr/bin/sleep", ["sleep", "60"])
                    count += 1
            except OSError as error: print(count < 12, error.errno)
            '
            """, limits)
        #expect(String(decoding: result.output, as: UTF8.self) == "2097152\nTrue 24\nTrue 11\n", "\(result)")
        #expect(result.ending == .exited(0))
    }

    /// Each line tries something, and says `no` where it could not.
    @Test(arguments: [
        ("cat /proc/net/dev | tail -n +3 | cut -d: -f1", "    lo\n"),
        (
            "python3 -I -c 'import socket; socket.create_connection((\"192.0.2.1\", 80), 2)' 2>/dev/null || echo no",
            "no\n"
        ),
        ("ls -A /", "bin\ncapsule\ndev\netc\nlib\nlib64\nproc\ntmp\nusr\n"),
        ("ls -A /etc | grep -v -e alternatives -e ld.so.cache", ""),
        ("ls /dev", "fd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\nurandom\nzero\n"),
        ("ls -A /tmp /dev/shm", "/dev/shm:\n\n/tmp:\n"),
        (
            "grep -E 'Cap(Eff|Prm|Bnd)|NoNewPrivs' /proc/self/status | grep -v Bnd",
            "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n"
        ),
        ("test \"$(id -u)\" -ne 0 && test \"$(id -G)\" = \"$(id -u)\" && echo user", "user\n"),
        (
            "for place in /capsule /capsule/text.txt /usr /usr/bin/env /etc /proc/sys/kernel/core_pattern /dev /; do test -w $place && echo $place; done",
            ""
        ),
        ("echo x 2>/dev/null > /capsule/new || echo no", "no\n"),
        ("mount -t tmpfs none /tmp 2>/dev/null || echo no", "no\n"),
        ("unshare -Ur true 2>/dev/null || echo no", "no\n"),
        ("chroot / true 2>/dev/null || echo no", "no\n"),
        ("dmesg >/dev/null 2>&1 || echo no", "no\n"),
        ("mknod /tmp/port c 251 1 2>/dev/null || echo no", "no\n"),
        // Other processes are not seen: the first one, and the kernel's.
        ("ls /proc | grep -c '^1$'", "0\n"),
        ("kill -9 1 2>/dev/null || echo no", "no\n"),
        ("test -e /proc/sysrq-trigger && echo b 2>/dev/null > /proc/sysrq-trigger || echo no", "no\n"),
        ("ls -l /proc/self/fd | wc -l", "5\n"),
    ])
    func aGuestHasNothingElse(_ lines: String, _ said: String) throws {
        #expect(try text(lines) == said)
    }

    /// Guests of one image begin as the same machine, down to the state of its random numbers.
    @Test func twoRunsShareNothing() throws {
        let lines = """
            echo left > /tmp/left; cat /proc/sys/kernel/random/boot_id; head -c 16 /dev/urandom | od -An -tx1
            python3 -c 'import os, uuid; print(os.getrandom(8).hex(), id(object()), hash("text"), uuid.uuid4())'
            ls /tmp; date +%s
            """
        let before = Date().timeIntervalSince1970
        let results = try (0..<2).map { _ in
            String(decoding: try shell(lines).output, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        let after = Date().timeIntervalSince1970
        try #require(results.allSatisfy { $0.count == 5 }, "\(results)")
        for index in 0..<2 { #expect(results[0][index] != results[1][index]) }
        for (one, other) in zip(results[0][2].split(separator: " "), results[1][2].split(separator: " ")) {
            #expect(one != other)
        }
        #expect(results.allSatisfy { $0[3] == "left" })
        for result in results {
            let time = try #require(Double(result[4]))
            #expect(time >= before - 2 && time <= after + 2)
        }
    }

    @Test func aCallerCanEndIt() throws {
        var calls = 0
        #expect(throws: AmxError.self) {
            try sandbox.run(["/usr/bin/sleep", "600"], limits: Self.limits) { () throws(AmxError) in
                calls += 1
                if calls > 1 { throw AmxError(.interrupted, "interrupted") }
            }
        }
        let folder = folder.path
        #expect(Patience.waits { MachineFixture.emulators(seeing: folder).isEmpty })
        #expect(try shell("echo next").output == Array("next\n".utf8))
    }

    @Test func manyRunsLeaveNothing() throws {
        for _ in 0..<12 { #expect(try shell("true").ending == .exited(0)) }
        #expect(MachineFixture.emulators(seeing: folder.path).isEmpty)
        // Other sandboxes of the tests' process have files in memory too, but few.
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
                .hasPrefix("/memfd:sandbox") == true
        }
        #expect(files.count < 50)
    }

    /// Whoever takes over QEMU from its guest is where every program of a sandbox is.
    @Test func theEmulatorIsInTheSandbox() throws {
        let program = try sandbox.start(["/usr/bin/sleep", "600"], input: [], limits: Self.limits)
        let folder = folder.path
        #expect(Patience.waits { !MachineFixture.emulators(seeing: folder).isEmpty })
        let process = try #require(MachineFixture.emulators(seeing: folder).first)
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        for line in ["Seccomp:\t2", "NoNewPrivs:\t1", "CapEff:\t0000000000000000"] {
            #expect(status.contains("\n\(line)\n"), "\(line)")
        }
        for name in ["mnt", "net", "pid", "user", "ipc", "uts"] {
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/\(name)")
                    != FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(name)"))
        }
        if geteuid() == 0 {
            let user = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(separator: "\t")[1]
            #expect(UInt32(user ?? "") ?? 0 >= Slot.firstUser)
        }
        // All that it can write is its own `/tmp`.
        let mounts = try String(contentsOfFile: "/proc/\(process)/mountinfo", encoding: .utf8)
        let writable = mounts.split(separator: "\n").map { $0.split(separator: " ") }.filter { words in
            words[5].split(separator: ",").contains("rw")
        }
        let places = Set(writable.map { String($0[4]) })
        #expect(
            places.isSubset(of: [
                "/tmp", "/dev/shm", "/dev/pts", "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                "/dev/urandom", "/dev/tty",
            ]), "\(places)")
        program.end()
        #expect(try program.wait().ending == .signalled(9))
        #expect(MachineFixture.emulators(seeing: folder).isEmpty)
    }

    @Test func whatIsReadLaterIsNotGiven() throws {
        #expect(throws: AmxError.self) {
            try sandbox.start(["/usr/bin/cat"], input: nil, limits: Self.limits)
        }
    }
}
