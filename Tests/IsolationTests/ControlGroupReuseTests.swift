import Foundation
import TestSupport
import Testing

@testable import Isolation

/// A slot's group from run to run: its limits are those of the run, and its counters begin anew.
@Suite(
    .onTestThreads,
    .enabled(if: geteuid() == 0 && ControlGroup(slot: Slot.count - 1) != nil, "only root has control groups of its own")
)
struct ControlGroupReuseTests {
    private let folder: TemporaryDirectory
    private let sandbox: Sandbox
    private let slot: Slot

    init() throws {
        folder = try TemporaryDirectory("amx-reuse")
        try folder.write("capsule/a.txt", text: "a")
        sandbox = try Sandbox(worker: SandboxFixture.worker, showing: folder.path + "/capsule")
        slot = try #require(sandbox.slot)
    }

    /// What a group is held to, as the system has it: bytes, processes, and microseconds of a tenth of a second.
    private struct Held: Hashable {
        var memory, processes, share: String
    }

    private var held: Held {
        func text(_ controller: String, _ file: String) -> String? {
            FileText.read("/sys/fs/cgroup/\(controller)/amx/slot-\(slot.index)/\(file)")?
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return Held(
            memory: text("memory", "memory.limit_in_bytes") ?? text("", "memory.max") ?? "",
            processes: text("pids", "pids.max") ?? text("", "pids.max") ?? "",
            share: text("cpu", "cpu.cfs_quota_us") ?? text("", "cpu.max")?.split(separator: " ").first.map(String.init)
                ?? "")
    }

    private func held(_ limits: SandboxLimits) -> Held {
        Held(
            memory: "\(limits.memoryBytes)", processes: "\(limits.processes)",
            share: "\(limits.milliprocessors * 100)")
    }

    private static let some = SandboxLimits(
        milliseconds: 60_000, memoryBytes: 64 << 20, milliprocessors: 1_000, processes: 32)
    private static let others = SandboxLimits(
        milliseconds: 60_000, memoryBytes: 256 << 20, milliprocessors: 500, processes: 48)

    @Test func limitsAreThoseOfTheRun() throws {
        for limits in [Self.some, Self.others, Self.others, Self.some, Self.others] {
            let program = try sandbox.start(["/usr/bin/cat"], input: nil, limits: limits)
            #expect(held == held(limits))
            program.closeInput()
            #expect(try program.wait().ending == .exited(0))
        }
        // They hold, too, and hold no longer.
        let words = ["/usr/bin/python3", "-I", "-c", "x = b'1' * (100 << 20)"]
        for (limits, ending) in [(Self.some, SandboxResult.Ending.outOfMemory), (Self.others, .exited(0))] {
            for _ in 0..<2 { #expect(try sandbox.run(words, limits: limits).ending == ending) }
        }
        // Somebody else who gets the slot sets them whatever they were.
        var group = try #require(ControlGroup(slot: slot.index))
        try group.begin(ControlGroup.Limits(memoryBytes: 32 << 20, processes: 9, milliprocessors: 250))
        #expect(held == Held(memory: "\(32 << 20)", processes: "9", share: "25000"))
    }

    @Test func countersBeginAnew() throws {
        let heavy = try sandbox.run(
            [
                "/usr/bin/python3", "-I", "-c",
                "import time\nx = b'1' * (150 << 20)\nwhile time.process_time() < 0.4: pass",
            ], limits: Self.others)
        #expect(heavy.ending == .exited(0))
        #expect(heavy.peakBytes > 150 << 20 && heavy.processorMicroseconds >= 400_000)
        let light = try sandbox.run(["/usr/bin/true"], limits: Self.others)
        #expect(light.ending == .exited(0))
        #expect(light.peakBytes > 0 && light.peakBytes < 75 << 20)
        #expect(light.processorMicroseconds > 0 && light.processorMicroseconds < 200_000)
        // One that was killed for its memory says nothing about the next one.
        let words = ["/usr/bin/python3", "-I", "-c", "x = b'1' * (300 << 20)"]
        #expect(try sandbox.run(words, limits: Self.others).ending == .outOfMemory)
        #expect(try sandbox.run(["/usr/bin/true"], limits: Self.others).ending == .exited(0))
    }

    /// Files in memory are nobody's: of those that the kernel can end for them, the launcher is the largest, and the last.
    @Test func theLauncherIsNotEndedForItsPrograms() throws {
        var limits = Self.some
        limits.memoryBytes = 24 << 20
        let flood = ["/usr/bin/dd", "if=/dev/zero", "of=/tmp/x", "bs=1M", "count=40"]
        for _ in 0..<8 {
            let result = try sandbox.run(flood, limits: limits)
            #expect(result.ending == .outOfMemory && result.peakBytes <= 24 << 20)
            #expect(try sandbox.run(["/usr/bin/true"], limits: limits).ending == .exited(0))
        }
    }

    /// What is to be ended need not wait for its share, nor who ends it; the next run has its own share again.
    @Test func theShareIsLiftedForTheEnd() throws {
        var limits = SandboxLimits(milliseconds: 60_000, milliprocessors: 10)
        let busy = ["/usr/bin/sh", "-c", "while :; do :; done"]
        let program = try sandbox.start(busy, input: [], limits: limits)
        #expect(held.share == "1000")
        program.end()
        #expect(try #require(UInt64(held.share)) > 100_000_000)
        #expect(try program.wait().ending == .signalled(UInt8(SIGKILL)))
        // A launcher without its share cannot see the deadline: of some, at least one is helped.
        limits.milliseconds = 300
        let lifted = try (0..<6).filter { _ in
            let program = try sandbox.start(busy, input: [], limits: limits)
            #expect(held.share == "1000")
            #expect(try program.wait().ending == .timedOut)
            return held.share != "1000"
        }
        #expect(!lifted.isEmpty)
        #expect(try sandbox.run(["/usr/bin/true"], limits: Self.some).ending == .exited(0))
        #expect(held == held(Self.some))
    }

    /// A launcher that was started ahead is the one that is used, with the limits of the run.
    @Test func aLauncherCanBeStartedAhead() throws {
        try sandbox.prepare(Self.some)
        let ahead = try #require(sandbox.launcher).id
        #expect(held == held(Self.some))
        try sandbox.prepare(Self.others)
        #expect(sandbox.launcher?.id == ahead)
        let program = try sandbox.start(["/usr/bin/cat"], input: nil, limits: Self.others)
        #expect(held == held(Self.others))
        program.closeInput()
        #expect(try program.wait().ending == .exited(0))
        #expect(sandbox.launcher?.id == ahead)
        #expect(
            FileText.read("/sys/fs/cgroup/memory/amx/slot-\(slot.index)/cgroup.procs") ?? "\(ahead)\n" == "\(ahead)\n")
    }
}
