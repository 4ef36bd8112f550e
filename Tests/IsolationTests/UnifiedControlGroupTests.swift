import Foundation
import TestSupport
import Testing

@testable import Isolation

/// The newer form of control groups, over a folder of files that look like the kernel's.
@Suite struct UnifiedControlGroupTests {
    private let root: TemporaryDirectory
    private static let place = "amx/slot-7"

    init() throws {
        root = try TemporaryDirectory("amx-unified")
        try root.write("cgroup.controllers", text: "cpuset cpu io memory pids\n")
        for folder in ["", "amx/"] { try root.write("\(folder)cgroup.subtree_control", text: "") }
        for (name, text) in [
            ("memory.max", ""), ("memory.swap.max", ""), ("pids.max", ""), ("cpu.max", ""),
            ("memory.current", "4096\n"),
            ("memory.peak", "8192\n"), ("memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n"),
            ("cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n"), ("cgroup.procs", ""),
        ] { try root.write("\(Self.place)/\(name)", text: text) }
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try root.read("\(Self.place)/\(name)"), as: UTF8.self)
    }

    @Test func limitsAreSetInOnePlace() throws {
        var group = try #require(ControlGroup(slot: 7, root: root.path))
        #expect(group.entrances == ["\(root.path)/\(Self.place)/cgroup.procs"])
        for folder in ["", "amx/"] {
            #expect(
                String(decoding: try root.read("\(folder)cgroup.subtree_control"), as: UTF8.self)
                    == "+memory +pids +cpu")
        }
        try group.begin(ControlGroup.Limits(memoryBytes: 64 << 20, processes: 32, milliprocessors: 250))
        #expect(try text("memory.max") == "67108864")
        #expect(try text("memory.swap.max") == "0")
        #expect(try text("pids.max") == "32")
        #expect(try text("cpu.max") == "25000 100000")
        group.liftShare()
        #expect(try text("cpu.max") == "409600000 100000")
    }

    @Test func countersAreThoseSinceTheBeginning() throws {
        var group = try #require(ControlGroup(slot: 7, root: root.path))
        try group.begin(ControlGroup.Limits(memoryBytes: 64 << 20, processes: 32, milliprocessors: 1_000))
        #expect(group.usage.processorMicroseconds == 0 && group.usage.memoryKills == 0)
        // What is kept open is the file itself.
        let changes = [
            ("memory.peak", "9192\n"), ("memory.events", "low 0\noom 4\noom_kill 5\n"),
            ("cpu.stat", "usage_usec 4500\n"),
        ]
        for (name, text) in changes {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(root.path)/\(Self.place)/\(name)"))
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        }
        #expect(group.usage == ControlGroup.Usage(peakBytes: 9_192, processorMicroseconds: 3_000, memoryKills: 3))
    }

    /// Where a controller is not given, or the kernel has made no files, there are no groups.
    @Test(arguments: ["cgroup.controllers", "\(place)/memory.max", "\(place)/cpu.stat", "\(place)/pids.max"])
    func whatIsMissingIsNoGroup(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(root.path)/\(name)")
        let group = ControlGroup(slot: 7, root: root.path)
        #expect(group == nil)
    }
}
