/// What the kernel holds of a program and of each process that it starts. Source: setrlimit(2).
///
/// Memory is not among them: engines reserve far more addresses than they use. A control group or the launcher's watch holds it.
package struct ProcessLimits: Sendable, Hashable {
    /// Processor time of one process in seconds, rounded up; after it the kernel kills it.
    package var processorSeconds: UInt64
    /// The size of the largest file in bytes.
    package var fileBytes: UInt64
    /// How many descriptors a process may have open.
    package var openFiles: UInt64
    /// How many processes and threads the user of the slot may have; not held for root.
    package var processes: UInt64

    package init(processorSeconds: UInt64, fileBytes: UInt64, openFiles: UInt64, processes: UInt64) {
        (self.processorSeconds, self.fileBytes) = (processorSeconds, fileBytes)
        (self.openFiles, self.processes) = (openFiles, processes)
    }
}
