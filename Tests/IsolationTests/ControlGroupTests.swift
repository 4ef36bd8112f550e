import Foundation
import TestSupport
import Testing

@testable import Isolation

/// What the kernel holds of a slot.
@Suite(
    .onTestThreads,
    .enabled(if: geteuid() == 0 && ControlGroup(slot: Slot.count - 1) != nil, "only root has control groups of its own")
)
struct ControlGroupTests {
    private static let limits = ControlGroup.Limits(memoryBytes: 64 << 20, processes: 32, milliprocessors: 1_000)

    @Test func memoryIsHeld() throws {
        let sandbox = try SandboxFixture()
        var group = try #require(sandbox.group)
        try group.begin(Self.limits)
        let bomb = try sandbox.python("x=[]\nwhile True: x.append(bytearray(1<<20))")
        #expect(bomb.reply.ending == .signalled(9))
        #expect(group.usage.memoryKills >= 1)
        #expect(group.usage.peakBytes <= 64 << 20)
        #expect(group.usage.peakBytes > 48 << 20)
        // What is written to a file system in memory counts too; the shell that started it says nothing of its end.
        try group.begin(Self.limits)
        #expect(group.usage.memoryKills == 0)
        let writer = try sandbox.shell(
            "python3 -c \"x=bytearray(60<<20)\n\"; dd if=/dev/zero of=/tmp/x bs=1M count=15 2>/dev/null; python3 -c \"x=bytearray(56<<20)\"; exit 0"
        )
        #expect(writer.reply.ending == .exited(0))
        #expect(group.usage.memoryKills >= 1)
        try group.begin(Self.limits)
        #expect(try sandbox.python("print(1)").output == "1\n")
        #expect(group.usage.memoryKills == 0)
    }

    @Test func processesAreHeld() throws {
        let sandbox = try SandboxFixture()
        var group = try #require(sandbox.group)
        try group.begin(ControlGroup.Limits(memoryBytes: 256 << 20, processes: 12, milliprocessors: 1_000))
        let result = try sandbox.python(
            """
            import os,time
            n=0
            try:
                while n<100:
                    if os.fork()==0: time.sleep(60); os._exit(0)
                    n+=1
            except OSError: pass
            print(n)
            """)
        let started = Int(result.output.trimmingCharacters(in: .newlines))
        #expect(started.map { $0 > 0 && $0 < 12 } == true, "\(result)")
    }

    @Test func processorTimeIsHeldAndCounted() throws {
        let sandbox = try SandboxFixture()
        var group = try #require(sandbox.group)
        try group.begin(ControlGroup.Limits(memoryBytes: 256 << 20, processes: 32, milliprocessors: 250))
        let result = try sandbox.shell("while :; do :; done & while :; do :; done", milliseconds: 2_000)
        #expect(result.reply.ending == .timedOut)
        let used = group.usage.processorMicroseconds
        // A quarter of two seconds, whatever else the machine does; the kernel settles accounts by slices.
        #expect(used > 20_000)
        #expect(used < 700_000)
    }
}
