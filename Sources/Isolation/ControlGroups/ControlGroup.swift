import Glibc
package import Objects

/// What the kernel holds of a slot's processes together, and counts of them: memory, processor, how many they are.
///
/// Both forms of the system are spoken: the older, with one tree for each controller, and the newer with one for all. A group outlives its
/// slot's use; limits and counters are set anew for each run. Copies are one and the same group. Not for use by several threads at once.
/// Source: the kernel's `cgroup-v1` and `cgroup-v2` documents, `docs/running.md`, "Control groups".
package struct ControlGroup {
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

    /// The files by which a process enters the group: each is given its own id, or 0 for itself.
    package let entrances: [String]
    private let files: ControlGroupFiles
    private let state = ControlGroupState()

    /// Makes the group of a slot, or takes the one that is there; nil where this user cannot, or a controller is missing.
    package init?(slot index: UInt32, root: String = "/sys/fs/cgroup") {
        let name = "amx/slot-\(index)"
        let unified = FileText.read("\(root)/cgroup.controllers")?.split { $0 == " " || $0 == "\n" }
        let isUnified =
            unified.map { names in ["memory", "pids", "cpu"].allSatisfy { names.contains(Substring($0)) } } ?? false
        if isUnified {
            guard Self.makeUnified(root, name), let files = ControlGroupFiles(unified: "\(root)/\(name)") else {
                return nil
            }
            (self.files, entrances) = (files, ["\(root)/\(name)/cgroup.procs"])
        } else {
            var folders: [String] = []
            for controller in ["memory", "pids", "cpu", "cpuacct"] {
                let folder = "\(root)/\(controller)"
                guard access("\(folder)/cgroup.procs", R_OK) == 0 else { return nil }
                _ = mkdir("\(folder)/amx", 0o755)
                guard mkdir("\(folder)/\(name)", 0o755) == 0 || errno == EEXIST else { return nil }
                folders.append("\(folder)/\(name)")
            }
            guard
                let files = ControlGroupFiles(
                    memory: folders[0], pids: folders[1], cpu: folders[2], cpuacct: folders[3])
            else { return nil }
            // Of one thread: a whole process waits until all processors have come by.
            (self.files, entrances) = (files, folders.map { "\($0)/tasks" })
        }
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

    /// Sets limits and begins to count. `.failure` where the kernel refuses: then nothing may run.
    package mutating func begin(_ limits: Limits) throws(AmxError) {
        // Whoever has the slot is the only one who sets them.
        if state.limits != limits {
            state.limits = nil
            guard let problem = files.set(limits) else {
                state.limits = limits
                return beginToCount()
            }
            throw AmxError.system("cannot limit the sandbox by \(problem)")
        }
        beginToCount()
    }

    private func beginToCount() {
        forgetPeak()
        (state.processorTime, state.kills) = (files.processorTime, files.kills)
    }

    /// Lets what is to be ended use all processors until the next ``begin(_:)``: who waits for its share cannot even end.
    func liftShare() {
        state.limits = nil
        files.liftShare()
    }

    /// Counts the most memory anew from now on, where the kernel can do so.
    package func forgetPeak() { files.forgetPeak() }

    /// What was counted since ``begin(_:)``.
    package var usage: Usage {
        Usage(
            peakBytes: files.peak,
            processorMicroseconds: files.processorTime.subtractingReportingOverflow(state.processorTime).partialValue,
            memoryKills: files.kills.subtractingReportingOverflow(state.kills).partialValue)
    }
}

/// What a group is held to now, and its counters that cannot be set back, as they were when that began.
private final class ControlGroupState {
    var limits: ControlGroup.Limits?
    var (processorTime, kills): (UInt64, UInt64) = (0, 0)
}
