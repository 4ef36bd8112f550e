/// How a run in a sandbox ended, what it wrote, and what it used.
package struct SandboxResult: Sendable, Hashable {
    /// How a run ended.
    package enum Ending: Sendable, Hashable {
        /// The sandbox could not be made, or the program not be started in it; nothing of the capsule ran. What was said of it stands in
        /// ``SandboxResult/errors``.
        case setupFailed
        /// By itself.
        case exited(UInt8)
        /// By a signal.
        case signalled(UInt8)
        /// It was killed at its deadline.
        case timedOut
        /// It needed more memory than it may have.
        case outOfMemory
        /// It had more processes and threads than it may have, where only the watch holds them; else starting them fails.
        case tooManyProcesses
        /// It was killed because it had written more than it may.
        case tooMuchOutput
    }

    /// How it ended.
    package var ending: Ending
    /// What it wrote to standard output.
    package var output: [UInt8]
    /// What it wrote to standard error.
    package var errors: [UInt8]
    /// Processor time in microseconds.
    package var processorMicroseconds: UInt64
    /// From the start until nothing of it was left, in microseconds.
    package var wallMicroseconds: UInt64
    /// The most memory at one time in bytes; where no control group counts it, of the largest process.
    package var peakBytes: UInt64
    /// Whether its memory was only watched, as no control group held it.
    package var isWatched = false

    /// The result of a program in a guest, from that of its machine; without a report, the machine did not come to its end.
    func inGuest(_ report: GuestReport?) -> SandboxResult {
        var result = self
        // Where some of its output is missing, the machine was stopped on its way.
        let report = report.flatMap { $0.outputBytes <= UInt64(output.count) ? $0 : nil }
        if let report {
            result.peakBytes = report.peakBytes
            // Without a control group, QEMU's own is not known.
            result.processorMicroseconds = max(processorMicroseconds, report.processorMicroseconds)
            result.output = Array(output.prefix(Int(clamping: report.outputBytes)))
        }
        guard ending == .exited(0) else {
            // QEMU itself, or what starts it, failed.
            if case .exited = ending { result.ending = .setupFailed }
            return result
        }
        switch report?.ending {
        case .setupFailed: result.ending = .setupFailed
        case .exited(let status): result.ending = .exited(status)
        case .signalled(let signal): result.ending = .signalled(signal)
        case .outOfMemory: result.ending = .outOfMemory
        case .timedOut: result.ending = .timedOut
        case .tooManyProcesses: result.ending = .tooManyProcesses
        case nil:
            // It stopped by itself, with all that ran in it.
            result.ending = .signalled(9)
            result.errors += Array("the guest stopped before its program had ended\n".utf8)
        }
        return result
    }
}
