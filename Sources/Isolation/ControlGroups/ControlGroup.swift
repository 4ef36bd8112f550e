import Glibc
package import Objects

/// What the kernel holds of a slot's processes together, and counts of them: memory, processor, how many they are.
///
/// Both forms of the system are spoken: the older, with one tree for each controller, and the newer with one for all. A group outlives its
/// slot's use, since putting the first process into a new one takes long; limits and counters are set anew for each run. Not for use by
/// several threads at once. Source: the kernel's `cgroup-v1` and `cgroup-v2` documents, `docs/running.md`, "Control groups".
package struct ControlGroup: Sendable, Hashable {
    /// What a group is held to.
    package struct Limits: Sendable, Hashable {
        /// Memory of all processes together, with what they have written to memory file systems, in bytes.
        package var memoryBytes: UInt64
        /// Processes and threads.
        package var processes: UInt64
        /// Thousandths of a processor's time.
        package var milliprocessors: UInt64

        package init(memoryBytes: UInt64, processes: UInt64, milliprocessors: UInt64) {
            (self.memoryBytes, self.processes, self.milliprocessors) = (memoryBytes, processes, milliprocessors)
        }
    }

    /// What was counted since the limits were set.
    package struct Usage: Sendable, Hashable {
        /// The most memory at one time, in bytes.
        package var peakBytes: UInt64
        /// Processor time in microseconds.
        package var processorMicroseconds: UInt64
        /// How often a process was killed for the group's memory.
        package var memoryKills: UInt64
    }

    /// The group's folder by controller: one and the same for all in the newer form.
    private let folders: [Controller: String]
    private let isUnified: Bool
    /// The counters that cannot be set back, as they were when the limits were set.
    private var (base, killsBase): (UInt64, UInt64) = (0, 0)

    private enum Controller: String, CaseIterable {
        case memory, pids, cpu, cpuacct
    }

    /// How long the processor's share is counted over, in microseconds.
    private static let period: UInt64 = 100_000

    /// Makes the group of a slot, or takes the one that is there; nil where this user cannot, or a controller is missing.
    package init?(slot index: UInt32, root: String = "/sys/fs/cgroup") {
        let name = "amx/slot-\(index)"
        let unified = FileText.read("\(root)/cgroup.controllers")?.split { $0 == " " || $0 == "\n" }
        isUnified =
            unified.map { names in ["memory", "pids", "cpu"].allSatisfy { names.contains(Substring($0)) } } ?? false
        var folders: [Controller: String] = [:]
        if isUnified {
            guard Self.makeUnified(root, name) else { return nil }
            for controller in Controller.allCases { folders[controller] = "\(root)/\(name)" }
        } else {
            for controller in Controller.allCases {
                let folder = "\(root)/\(controller.rawValue)"
                guard access("\(folder)/cgroup.procs", R_OK) == 0 else { return nil }
                _ = mkdir("\(folder)/amx", 0o755)
                guard mkdir("\(folder)/\(name)", 0o755) == 0 || errno == EEXIST else { return nil }
                folders[controller] = "\(folder)/\(name)"
            }
        }
        self.folders = folders
    }

    /// Controllers reach a group only through each of those above it.
    private static func makeUnified(_ root: String, _ name: String) -> Bool {
        let give = "+memory +pids +cpu"
        _ = FileText.write(give, to: "\(root)/cgroup.subtree_control")
        guard mkdir("\(root)/amx", 0o755) == 0 || errno == EEXIST,
            FileText.write(give, to: "\(root)/amx/cgroup.subtree_control"),
            mkdir("\(root)/\(name)", 0o755) == 0 || errno == EEXIST
        else { return false }
        return access("\(root)/\(name)/memory.max", W_OK) == 0
    }

    /// Puts a process into the group; what it starts from then on is in it as well. `.failure` where the kernel refuses.
    package func add(_ process: Int32) throws(AmxError) {
        for folder in Set(folders.values) {
            try write(String(process), "\(folder)/cgroup.procs")
        }
    }

    /// Sets limits and begins to count. `.failure` where the kernel refuses: then nothing may run.
    package mutating func begin(_ limits: Limits) throws(AmxError) {
        let share = Self.period.multipliedReportingOverflow(by: limits.milliprocessors).partialValue / 1_000
        if isUnified {
            try write(String(limits.memoryBytes), path(.memory, "memory.max"))
            _ = FileText.write("0", to: path(.memory, "memory.swap.max"))
            try write("\(max(1_000, share)) \(Self.period)", path(.cpu, "cpu.max"))
        } else {
            // The limit with swap is never below that without: it goes up first, and down last.
            let (memory, both) = (path(.memory, "memory.limit_in_bytes"), path(.memory, "memory.memsw.limit_in_bytes"))
            _ = FileText.write("-1", to: both)
            try writeMemory(String(limits.memoryBytes), memory)
            _ = FileText.write(String(limits.memoryBytes), to: both)
            try write(String(Self.period), path(.cpu, "cpu.cfs_period_us"))
            try write(String(max(1_000, share)), path(.cpu, "cpu.cfs_quota_us"))
        }
        try write(String(limits.processes), path(.pids, "pids.max"))
        forgetPeak()
        (base, killsBase) = (processorTime, kills)
    }

    /// Counts the most memory anew from now on, where the kernel can do so.
    package func forgetPeak() {
        _ = FileText.write("0", to: path(.memory, isUnified ? "memory.peak" : "memory.max_usage_in_bytes"))
    }

    /// What was counted since ``begin(_:)``.
    package var usage: Usage {
        let peak =
            isUnified
            ? number("memory.peak", .memory) ?? number("memory.current", .memory)
            : number("memory.max_usage_in_bytes", .memory)
        return Usage(
            peakBytes: peak ?? 0, processorMicroseconds: processorTime.subtractingReportingOverflow(base).partialValue,
            memoryKills: kills.subtractingReportingOverflow(killsBase).partialValue)
    }

    private var processorTime: UInt64 {
        isUnified ? entry("usage_usec", in: "cpu.stat", .cpu) : (number("cpuacct.usage", .cpuacct) ?? 0) / 1_000
    }

    private var kills: UInt64 {
        isUnified
            ? entry("oom_kill", in: "memory.events", .memory) : entry("oom_kill", in: "memory.oom_control", .memory)
    }

    private func path(_ controller: Controller, _ file: String) -> String { "\(folders[controller] ?? "")/\(file)" }

    private func number(_ file: String, _ controller: Controller) -> UInt64? {
        FileText.read(path(controller, file)).flatMap { UInt64($0.prefix { $0 != "\n" }) }
    }

    /// The number beside a name, on a line of its own.
    private func entry(_ name: String, in file: String, _ controller: Controller) -> UInt64 {
        for line in (FileText.read(path(controller, file)) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return UInt64(words[1]) ?? 0 }
        }
        return 0
    }

    /// The kernel refuses a limit below what a file system that has just gone still has; that takes moments, more where it had many files.
    private func writeMemory(_ text: String, _ path: String) throws(AmxError) {
        for _ in 0..<500 {
            if FileText.write(text, to: path) { return }
            guard errno == EBUSY else { break }
            usleep(20_000)
        }
        try write(text, path)
    }

    private func write(_ text: String, _ path: String) throws(AmxError) {
        guard FileText.write(text, to: path) else {
            throw AmxError.system("cannot limit the sandbox by \(path)")
        }
    }
}
