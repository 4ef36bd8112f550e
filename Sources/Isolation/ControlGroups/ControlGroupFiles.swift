import Glibc

/// The files of a control group, all of them open.
final class ControlGroupFiles: Sendable {
    private let isUnified: Bool
    private let memory, processes, share, peakMemory, memoryEvents, time: ControlFile
    /// Those that not every kernel has: the limit of memory with swap, or of swap.
    private let swap: ControlFile?
    /// How long the processor's share is counted over; of the older form.
    private let period: ControlFile?
    /// What is in use now; of the newer form, where some kernels do not tell the most.
    private let current: ControlFile?

    /// How long the processor's share is counted over, in microseconds.
    private static let periodMicroseconds: UInt64 = 100_000

    /// Opens those of the newer form; nil where one is missing.
    init?(unified folder: String) {
        guard let memory = ControlFile("\(folder)/memory.max"), let processes = ControlFile("\(folder)/pids.max"),
            let share = ControlFile("\(folder)/cpu.max"), let current = ControlFile("\(folder)/memory.current"),
            let memoryEvents = ControlFile("\(folder)/memory.events"), let time = ControlFile("\(folder)/cpu.stat")
        else { return nil }
        (isUnified, period, self.current) = (true, nil, current)
        (self.memory, self.processes, self.share) = (memory, processes, share)
        (self.memoryEvents, self.time) = (memoryEvents, time)
        peakMemory = ControlFile("\(folder)/memory.peak") ?? current
        swap = ControlFile("\(folder)/memory.swap.max")
    }

    /// Opens those of the older form, of a folder for each controller; nil where one is missing.
    init?(memory memoryFolder: String, pids: String, cpu: String, cpuacct: String) {
        guard let memory = ControlFile("\(memoryFolder)/memory.limit_in_bytes"),
            let processes = ControlFile("\(pids)/pids.max"), let share = ControlFile("\(cpu)/cpu.cfs_quota_us"),
            let period = ControlFile("\(cpu)/cpu.cfs_period_us"),
            let peak = ControlFile("\(memoryFolder)/memory.max_usage_in_bytes"),
            let memoryEvents = ControlFile("\(memoryFolder)/memory.oom_control"),
            let time = ControlFile("\(cpuacct)/cpuacct.usage")
        else { return nil }
        (isUnified, self.period, current) = (false, period, nil)
        (self.memory, self.processes, self.share) = (memory, processes, share)
        (peakMemory, self.memoryEvents, self.time) = (peak, memoryEvents, time)
        swap = ControlFile("\(memoryFolder)/memory.memsw.limit_in_bytes")
    }

    /// Sets limits; the path of the file in which the kernel refuses one.
    func set(_ limits: ControlGroup.Limits) -> String? {
        let share = Self.periodMicroseconds.multipliedReportingOverflow(by: limits.milliprocessors).partialValue / 1_000
        let quota = String(max(1_000, share))
        var writes: [(file: ControlFile?, text: String)]
        if isUnified {
            _ = swap?.write("0")
            writes = [(memory, String(limits.memoryBytes)), (self.share, "\(quota) \(Self.periodMicroseconds)")]
        } else {
            // The limit with swap is never below that without: it goes up first, and down last.
            _ = swap?.write("-1")
            writes = [
                (memory, String(limits.memoryBytes)), (period, String(Self.periodMicroseconds)), (self.share, quota),
            ]
        }
        writes.append((processes, String(limits.processes)))
        for case let (file?, text) in writes where !write(text, to: file) { return file.path }
        if !isUnified { _ = swap?.write(String(limits.memoryBytes)) }
        return nil
    }

    /// The kernel refuses a limit of memory below what a file system that has just gone still has; that takes moments, more where it had
    /// many files.
    private func write(_ text: String, to file: ControlFile) -> Bool {
        for _ in 0..<500 {
            if file.write(text) { return true }
            guard errno == EBUSY else { return false }
            usleep(20_000)
        }
        return false
    }

    /// Lets them use all processors from now on, which also those begin with at once that wait for their share.
    func liftShare() {
        // Not without a limit: the kernel changes its own code when the last one goes, and when the first one comes.
        let quota = String(Self.periodMicroseconds * 4_096)
        _ = share.write(isUnified ? "\(quota) \(Self.periodMicroseconds)" : quota)
    }

    /// Lets the most memory be counted anew; kernels before Linux 6.12 cannot do that in the newer form, and then only for who has
    /// the same descriptor.
    func forgetPeak() { _ = peakMemory.write("0") }

    /// The most memory in bytes.
    var peak: UInt64 { number(peakMemory) }

    /// Processor time in microseconds.
    var processorTime: UInt64 { isUnified ? entry("usage_usec", in: time) : number(time) / 1_000 }

    /// How often a process was killed for the group's memory.
    var kills: UInt64 { entry("oom_kill", in: memoryEvents) }

    private func number(_ file: ControlFile) -> UInt64 {
        file.read().flatMap { UInt64($0.prefix { $0 != "\n" }) } ?? 0
    }

    /// The number beside a name, on a line of its own.
    private func entry(_ name: String, in file: ControlFile) -> UInt64 {
        for line in (file.read() ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return UInt64(words[1]) ?? 0 }
        }
        return 0
    }
}
