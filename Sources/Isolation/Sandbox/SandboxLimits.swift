/// What one run in a sandbox may use.
package struct SandboxLimits: Sendable, Hashable {
    /// Time from start to end, in milliseconds.
    package var milliseconds: UInt64
    /// Memory of all its processes together, with files in memory, in bytes.
    package var memoryBytes: UInt64
    /// Thousandths of a processor's time.
    package var milliprocessors: UInt64
    /// Processes and threads.
    package var processes: UInt64
    /// What it may write to standard output and standard error together, in bytes.
    package var outputBytes: UInt64
    /// Room below `/tmp`, which is also the size of the largest file, in bytes.
    package var temporaryBytes: UInt64
    /// Descriptors of one process.
    package var openFiles: UInt64

    package init(
        milliseconds: UInt64 = 30_000, memoryBytes: UInt64 = 128 << 20, milliprocessors: UInt64 = 1_000,
        processes: UInt64 = 64, outputBytes: UInt64 = 16 << 20, temporaryBytes: UInt64 = 64 << 20,
        openFiles: UInt64 = 256
    ) {
        (self.milliseconds, self.memoryBytes) = (milliseconds, memoryBytes)
        (self.milliprocessors, self.processes) = (milliprocessors, processes)
        (self.outputBytes, self.temporaryBytes, self.openFiles) = (outputBytes, temporaryBytes, openFiles)
    }

    /// A process alone may have all the time that a run has, on each processor it is given.
    var processorSeconds: UInt64 {
        let (seconds, processors) = (milliseconds / 1_000 + 1, milliprocessors / 1_000 + 1)
        return seconds.multipliedReportingOverflow(by: processors).partialValue
    }
}
